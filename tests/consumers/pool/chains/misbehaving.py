"""Chains that do what a story tells them to: the first word of its body is a verb, the second its argument."""

import gc
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

from processors.errors import Invalid
from processors.records import (
    ArticleRecord,
    Enriched,
    Enrichment,
    EntitiesRecord,
    Entity,
    Label,
    Model,
    Quote,
    QuoteKind,
    QuotesRecord,
    Removed,
    RemovedKind,
    Span,
    Speaker,
)

MODEL = Model(name="misbehaving", version="1")


class OurOwnError(Invalid):
    """A class that the consumer can't know."""


class Obedient:
    def __init__(self):
        self.kept = []
        self.loader = os.getpid()

    def enrich(self, article, on_stage=None):
        verb, _, argument = article.body.partition(" ")
        on_stage("clean")
        text = str(getattr(self, "do_" + verb)(argument) or "")
        on_stage("entities")
        time.sleep(0.01 if verb == "stages" else 0)
        return made(article, text)

    def do_say(self, what):
        return what

    do_stages = do_say

    def do_pid(self, _):
        return f"{os.getpid()} {os.getppid()} {self.loader}"

    def do_frozen(self, _):
        return f"{gc.get_freeze_count()}"

    def do_threads(self, _):
        return " ".join(os.environ[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL", "RAYON"))

    def do_sleep(self, seconds):
        time.sleep(float(seconds))
        return f"{os.getpid()}"

    def do_say_and_hang(self, path):
        Path(path).write_text(f"{os.getpid()} {os.getppid()}")
        time.sleep(600)

    def do_regex(self, _):
        re.match(r"(a+)+$", "a" * 64 + "b")

    def do_exit(self, code):
        os._exit(int(code))

    def do_raise_exit(self, why):
        sys.exit(why)

    def do_die(self, name):
        os.kill(os.getpid(), getattr(signal, name))

    def do_die_once(self, path):
        """Dies in the first process that meets it."""
        if not Path(path).exists():
            Path(path).touch()
            os._exit(1)
        return "survived"

    def do_hog(self, _):
        hog = bytearray()
        while True:
            hog.extend(bytes(1 << 20))

    def do_hog_and_die(self, megabytes):
        hog = bytes(range(256)) * 4096 * int(megabytes)
        os.kill(os.getpid(), signal.SIGABRT if hog else 0)

    def do_keep(self, megabytes):
        self.kept.append(bytes(range(256)) * 4096 * int(megabytes))

    def do_length(self, what):
        return f"{len(what)}"

    def do_print(self, what):
        sys.stdout.write(what)

    def do_story_error(self, message):
        raise Invalid(message, stage="clean", uri="urn:of:the:chain")

    def do_own_error(self, message):
        raise OurOwnError(message, stage="quotes")

    def do_bug(self, text):
        raise ValueError(text)

    def do_surrogate(self, _):
        return "\ud800"


def made(article, text):
    end = len(text)
    span = Span(start=0, end=end, text=text)
    entities = (
        Entity(id="e1", label=Label.PERSON, name=text, mentions=(span,), salience=1.0),
        Entity(id="e2", label=Label.GPE, name=text, mentions=(span,), salience=0.5),
        Entity(id="e3", label=Label.GPE, name=text, mentions=(span,), salience=0.5),
    )
    quotes = tuple(
        Quote(id=name, kind=kind, text=text, start=0, end=end, speaker=speaker, cue=None, confidence=1.0)
        for name, kind, speaker in (
            ("q1", QuoteKind.DIRECT, Speaker(name=text)),
            ("q2", QuoteKind.DIRECT, None),
            ("q3", QuoteKind.INDIRECT, None),
        )
    )
    of = {
        "uri": article.uri,
        "version": article.version_name(),
        "state": article.state,
        "source": article.source,
        "language": article.language,
        "model": MODEL,
    }
    removed = (Removed(kind=RemovedKind.AD, text="iklan"), Removed(kind=RemovedKind.NAV, text="menu"))
    return Enriched(
        article=ArticleRecord(
            article={"uri": article.uri, "carried": article.carried},
            enrichment=Enrichment(**of, text=text, removed=removed, entities=entities, quotes=quotes),
        ),
        entities=EntitiesRecord(**of, entities=entities),
        quotes=QuotesRecord(**of, quotes=quotes),
    )


class Threaded(Obedient):
    """Answers with the help of a thread, which has to be started in each process."""

    def __init__(self):
        super().__init__()
        self.asked, self.told = threading.Event(), threading.Event()

    def after_fork(self):
        threading.Thread(target=self._help, daemon=True).start()

    def _help(self):
        while True:
            self.asked.wait()
            self.asked.clear()
            self.told.set()

    def do_say(self, what):
        self.asked.set()
        return f"{what} {self.told.wait(5)}"


class NeverReady(Obedient):
    def after_fork(self):
        raise OSError("no room for the threads")


class DeadOnArrival(Obedient):
    def after_fork(self):
        os._exit(3)


class OnlyWhile(Obedient):
    """Its processes start as long as a file is there; each try leaves its time beside it, a line in seconds."""

    def __init__(self, file):
        super().__init__()
        self.file = Path(file)

    def after_fork(self):
        with self.file.with_suffix(".tries").open("a") as tries:
            tries.write(f"{time.monotonic()}\n")
        if not self.file.exists():
            os._exit(3)


def slow_to_load():
    """Loads when the file that SLOW_TO_LOAD names is there."""
    while not Path(os.environ["SLOW_TO_LOAD"]).exists():
        time.sleep(0.01)
    return Obedient()


def damaged():
    raise ValueError("model/weights.bin: checksum does not match")


def segfaults():
    os.kill(os.getpid(), signal.SIGSEGV)
