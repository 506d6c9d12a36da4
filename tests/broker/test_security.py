"""Ways into a real Apache Kafka with TLS and logins, and rights of the least kind."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shlex
import sys
import time

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from bench.wire import create_topics, read_all
from config.settings import Settings, load
from config.topics import ARTICLES, DEAD_LETTERS, ENTITIES, LEDGER, MENTIONS, OUTPUTS, RAW, TOPICS
from consumers import feed, tap
from consumers.doctor import brokers
from consumers.doctor.clock import skew
from consumers.doctor.finding import Status
from consumers.insights import run as insights
from consumers.insights.run import InsightsFailed
from consumers.kafka import admin, rights
from consumers.kafka.connection import NoWayIn, connection
from consumers.kafka.reach import obstacle, reach
from consumers.lanes.deadletter import dead_letter
from consumers.lanes.ledger import entry_of
from consumers.live.run import Live, LiveFailed
from consumers.repair import redrive, replay
from consumers.repair.letters import Selection
from consumers.sources import Payload
from consumers.worker import Worker, WorkerFailed
from processors.errors import Malformed
from processors.records import Article, EntitiesRecord, Entity, Label, Model, Span, State
from tests.broker.guarded import PASSWORD, USERS, guarded

CHAIN = "tests.broker.gated:Gated"
STORY = orjson.dumps({"uri": "urn:a", "version": 1, "title": "Hujan", "text": "Hujan turun di Bogor."})


@pytest.fixture(scope="module")
def broker(request, tmp_path_factory):
    made = guarded(request.config.getoption("--kafka-version"), tmp_path_factory.mktemp("guarded"))
    with made.kafka:
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Writes a secret to a file of its own."""
    folder = tmp_path_factory.mktemp("secrets")

    def write(text):
        path = folder / f"{time.monotonic_ns()}"
        path.write_text(text + "\n")
        return path

    return write


def claims(subject, **more):
    """A token that the broker takes without a signature, as it does unless it is told of an issuer."""
    now = int(time.time())
    parts = [{"alg": "none"}, {"sub": subject, "iat": now, "exp": now + 600, **more}]
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*told, ""])


def printing(text):
    return shlex.join([sys.executable, "-c", f"print({text!r})"])


@pytest.fixture
def ways(broker, files):
    """Settings of each way in, that are right."""
    login = {
        "bootstrap_servers": broker.way("LOGIN"),
        "security_protocol": "SASL_SSL",
        "tls_ca_file": broker.authority.certificate,
        "sasl_username": "kawat",
    }
    client = broker.authority.sign("kawat")
    token = {"sasl_mechanism": "OAUTHBEARER", "sasl_token_command": printing(claims("kawat"))}
    return {
        "plain": login | {"sasl_mechanism": "PLAIN", "sasl_password": PASSWORD},
        "scram-256": login | {"sasl_mechanism": "SCRAM-SHA-256", "sasl_password": "scram-256"},
        "scram-512": login | {"sasl_password_file": files("scram-512")},
        "token": login | token,
        "clear": {
            "bootstrap_servers": broker.way("CLEAR"),
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_username": "kawat",
            "sasl_password": "scram-512",
        },
        "certificate": {
            "bootstrap_servers": broker.way("CERT"),
            "security_protocol": "SSL",
            "tls_ca_file": broker.authority.certificate,
            "tls_certificate_file": client.certificate,
            "tls_key_file": client.key,
        },
    }


WAYS = ["plain", "scram-256", "scram-512", "token", "clear", "certificate"]


@pytest.mark.parametrize("way", WAYS)
async def test_each_way_leads_in(ways, way):
    settings = Settings(**ways[way])
    found = await reach(settings)
    assert [(one.step, one.problem) for one in found] == [("answer", None)]
    assert (found[0].certificate_ends is not None) == settings.security_protocol.endswith("SSL")
    assert await obstacle(settings) is None


@pytest.mark.parametrize("way", WAYS)
async def test_the_broker_knows_who_came_by_each_way(broker, ways, way):
    """What only this user may do, is done."""
    settings = Settings(**ways[way], topic_prefix=f"{way}.")
    await create_topics(settings.model_copy(update={"bootstrap_servers": broker.kafka.bootstrap}))
    raw = settings.topic(RAW.name)
    granted = rights.feed(settings)
    assert await rights.missing(settings, granted) == granted
    await broker.grant("kawat", granted)
    await until(lambda: nothing_missing(settings, granted))
    producer = AIOKafkaProducer(**connection(settings))
    await producer.start()
    await producer.send_and_wait(raw, STORY)
    await producer.stop()
    assert [record.value for record in await read_all(broker.kafka.bootstrap, raw)] == [STORY]


async def nothing_missing(settings, wanted):
    return not await rights.missing(settings, wanted)


async def until(condition, *, seconds=30.0):
    async with asyncio.timeout(seconds):
        while not (found := await condition()):  # noqa: ASYNC110 - the broker changes it, no event tells
            await asyncio.sleep(0.05)
        return found


WRONG = {
    "a wrong password": ("scram-512", {"sasl_password_file": "wrong"}, "refuses the login of kawat by SCRAM"),
    "a wrong password of PLAIN": ("plain", {"sasl_password": "wrong"}, "refuses the login of kawat by PLAIN"),
    "an unknown user": ("scram-512", {"sasl_username": "nobody"}, "refuses the login of nobody"),
    "a token that is over": ("token", {"sasl_token_command": "old"}, "refuses the token"),
    "a command that fails": ("token", {"sasl_token_command": "false"}, "failed with exit code 1"),
    "a command that isn't there": ("token", {"sasl_token_command": "no-such-thing"}, "can't be started"),
    "an unknown authority": ("scram-512", {"tls_ca_file": None}, "certificate is not accepted"),
    "another authority": ("scram-512", {"tls_ca_file": "stranger"}, "set tls_ca_file"),
    "a name that the certificate lacks": ("scram-512", {"bootstrap_servers": "localhost"}, "a name that the"),
    "no certificate of ours": (
        "certificate",
        {"tls_certificate_file": None, "tls_key_file": None},
        "does not accept our certificate",
    ),
    "a stranger's certificate": ("certificate", {"tls_certificate_file": "stranger"}, "does not accept our"),
    "no TLS where TLS is wanted": ("scram-512", {"security_protocol": "SASL_PLAINTEXT"}, "security_protocol"),
    "TLS where there is none": ("clear", {"security_protocol": "SASL_SSL"}, "does not speak TLS"),
    "no login where one is wanted": ("clear", {"security_protocol": "PLAINTEXT"}, "security_protocol is"),
}


@pytest.fixture
def wrong(broker, ways, files):
    """Settings of a way in, with something wrong about them."""

    def settings(what):
        way, changes, _ = WRONG[what]
        values = ways[way] | changes
        if values.get("sasl_password_file") == "wrong":
            values["sasl_password_file"] = files("wrong")
        if values.get("sasl_token_command") == "old":
            values["sasl_token_command"] = printing(claims("kawat", iat=1_000, exp=2_000))
        if values.get("tls_ca_file") == "stranger":
            values["tls_ca_file"] = broker.stranger.certificate
        if values.get("tls_certificate_file") == "stranger":
            pair = broker.stranger.sign("kawat")
            values |= {"tls_certificate_file": pair.both, "tls_key_file": None}
        if values["bootstrap_servers"] == "localhost":
            values["bootstrap_servers"] = broker.way("LOGIN").replace("127.0.0.1", "localhost")
        return values

    return settings


@pytest.mark.parametrize("what", WRONG)
async def test_what_is_wrong_is_told_in_one_line_that_holds_no_secret(wrong, what):
    told = str(await obstacle(Settings(**wrong(what))))
    assert WRONG[what][2] in told
    assert len(told.splitlines()) == 1
    assert not [secret for secret in (PASSWORD, "scram-512", "wrong", "eyJ") if secret in told]


@pytest.mark.parametrize("what", ["a wrong password", "a stranger's certificate", "another authority"])
async def test_commands_and_workers_tell_it_too(wrong, what, tmp_path, capfd):
    values = wrong(what)
    pairs = [f"--set={key}={value}" for key, value in values.items() if value is not None]
    command = [sys.executable, "-c", "from consumers.cli import main; main()", "topics", "describe", *pairs]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=tmp_path
    )
    out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    assert WRONG[what][2] in err.decode()
    assert len(err.splitlines()) == 1
    with pytest.raises(WorkerFailed, match=WRONG[what][2].replace("'", ".")):
        await Worker(Settings(**values, http_port=0, pool_size=1), chain=CHAIN).run()
    assert PASSWORD not in "".join(capfd.readouterr())


async def test_the_password_is_read_again_when_its_file_has_changed(ways):
    settings = Settings(**ways["scram-512"])
    file = settings.sasl_password_file
    file.write_text("wrong")
    assert (await obstacle(settings)).step == "login"
    file.write_text("scram-512")
    assert await obstacle(settings) is None


async def test_renewed_certificates_serve_clients_that_are_there_already(broker, ways, tmp_path):
    pair = tmp_path / "ours.pem"
    pair.write_text(broker.stranger.sign("old").both.read_text())
    settings = Settings(**ways["certificate"] | {"tls_certificate_file": pair, "tls_key_file": None})
    context = connection(settings)["ssl_context"]
    assert "our certificate" in str(await obstacle(settings))
    pair.write_text(broker.authority.sign("new").both.read_text())
    assert connection(settings)["ssl_context"] is context
    assert await obstacle(settings) is None


@pytest.mark.parametrize("key", ["tls_ca_file", "tls_certificate_file", "tls_key_file"])
async def test_a_file_that_is_no_certificate_is_named(ways, tmp_path, key):
    path = tmp_path / "not.pem"
    path.write_text("not a certificate\n")
    with pytest.raises(NoWayIn, match=f"{key}.*not.pem.*PEM"):
        connection(Settings(**ways["certificate"] | {key: path}))
    path.unlink()
    with pytest.raises(NoWayIn, match=f"{key}.*not.pem.*No such file"):
        connection(Settings(**ways["certificate"] | {key: path}))


# --- rights -------------------------------------------------------------------------------------------------------

NEEDED = [str(right) for right in rights.worker(Settings()) if right.needed]


@pytest.fixture
async def topics(broker, tmp_path):
    """Settings of the topics' owner, and of a user whose number is given."""
    made, _ = load(
        overrides={
            "bootstrap_servers": broker.kafka.bootstrap,
            "topic_prefix": f"t{time.monotonic_ns()}.",
            "group": f"t{time.monotonic_ns()}",
            "partitions": 2,
            "session_timeout_ms": 3_000,
            "transaction_timeout_ms": 10_000,
            "pool_size": 1,
            "http_port": 0,
            "insights_http_port": 0,
            "live_http_port": 0,
            "state_dir": tmp_path / "state",
        },
        environ={},
    )
    await create_topics(made)

    def of(number):
        way_in = {
            "bootstrap_servers": broker.way("LOGIN"),
            "security_protocol": "SASL_SSL",
            "tls_ca_file": broker.authority.certificate,
            "sasl_mechanism": "PLAIN",
            "sasl_username": USERS[number],
            "sasl_password": PASSWORD,
        }
        return Settings(**made.model_dump() | way_in)

    return made, of


async def send(settings, *values):
    producer = AIOKafkaProducer(bootstrap_servers=settings.bootstrap_servers)
    await producer.start()
    for value in values:
        await producer.send_and_wait(settings.topic(RAW.name), value, partition=0)
    await producer.stop()


async def test_a_worker_with_exactly_its_rights_works(broker, topics):
    owner, of = topics
    settings = of(len(NEEDED))
    await broker.grant(settings.sasl_username, rights.worker(settings))
    await until(lambda: nothing_missing(settings, rights.worker(settings)))
    await send(owner, STORY, b"{ broken")
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    try:
        for topic, count in ((ARTICLES, 1), (DEAD_LETTERS, 1)):
            await until(lambda topic=topic, count=count: holds(owner, topic, count))
        assert not running.done()
    finally:
        worker.stop()
        await running


async def holds(settings, topic, count):
    return len(await read_all(settings.bootstrap_servers, settings.topic(topic.name))) == count


@pytest.mark.parametrize("number", range(len(NEEDED)), ids=NEEDED)
async def test_a_worker_that_lacks_one_right_says_which_and_what_grants_it(broker, topics, number):
    _, of = topics
    settings = of(number)
    wanted = rights.worker(settings)
    lacking = [right for right in wanted if right.needed][number]
    granted = [right for right in wanted if right != lacking]
    await broker.grant(settings.sasl_username, granted)
    await until(lambda: nothing_missing(settings, [right for right in granted if right.needed]))
    with pytest.raises(WorkerFailed) as failed:
        await Worker(settings, chain=CHAIN).run()
    told = str(failed.value).splitlines()
    assert told[0].startswith(settings.sasl_username)
    assert told[1] == str(lacking)
    assert told[2].strip() == lacking.command(settings)
    assert len(told) == 3


async def test_rights_that_only_help_to_see_are_not_needed_to_work(broker, topics, capfd):
    owner, of = topics
    settings = of(len(NEEDED) + 1)
    await broker.grant(settings.sasl_username, [right for right in rights.worker(settings) if right.needed])
    await until(lambda: nothing_missing(settings, [r for r in rights.worker(settings) if r.needed]))
    await send(owner, STORY)
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    with contextlib.suppress(TimeoutError):
        await until(lambda: holds(owner, ARTICLES, 1))
    worker.stop()
    await running
    assert await holds(owner, ARTICLES, 1)
    told = "".join(capfd.readouterr())
    assert "a right is missing" in told
    assert "DescribeConfigs" in told


async def test_a_worker_goes_on_though_the_broker_ends_its_logins_again_and_again(broker, topics):
    """The client can't prove a login once more on a connection that is there (KIP-368): it is ended, and made anew."""
    owner, _ = topics
    way = {
        "bootstrap_servers": broker.way("CLEAR"),
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_username": "kawat",
        "sasl_password": "scram-256",
    }
    settings = Settings(**owner.model_dump() | way)
    await broker.grant("kawat", rights.worker(settings))
    await until(lambda: nothing_missing(settings, rights.worker(settings)))
    worker = Worker(settings, chain=CHAIN)
    running = asyncio.create_task(worker.run())
    try:
        for number in range(12):
            story = {"uri": f"urn:{number}", "version": 1, "title": "Hujan", "text": "Hujan turun."}
            await send(owner, orjson.dumps(story))
            await asyncio.sleep(0.7)
        await until(lambda: holds(owner, ARTICLES, 12), seconds=60)
    finally:
        worker.stop()
        await running


async def test_who_may_do_nothing_sees_no_topic_and_is_told_of_rights_not_of_topics(topics):
    _, of = topics
    settings = of(len(NEEDED) + 2)
    lacking = await rights.missing(settings, rights.worker(settings))
    assert lacking == rights.worker(settings)
    states = await admin.describe(settings)
    assert not any(state.exists for state in states)


async def test_every_topic_that_a_worker_uses_is_in_its_table():
    named = {right.name for right in rights.worker(Settings()) if right.kind == "topic"}
    assert named == {topic.name for topic in (RAW, *OUTPUTS, LEDGER, DEAD_LETTERS)}


# --- the doctor ---------------------------------------------------------------------------------------------------


async def findings(settings):
    return [finding async for finding in brokers.look(settings)]


async def test_the_doctor_finds_nothing_wrong_with_exactly_the_rights_of_a_worker(broker, topics):
    _, of = topics
    settings = of(len(NEEDED) + 3)
    await broker.grant(settings.sasl_username, rights.worker(settings))
    await until(lambda: nothing_missing(settings, rights.worker(settings)))
    found = await findings(settings)
    assert [f.found for f in found if f.status in (Status.FAIL, Status.UNKNOWN)] == []
    by_check = {f.check: f for f in found}
    assert "lets user" in by_check["broker"].found
    assert "certificate until" in by_check["broker"].found
    assert (by_check["rights"].status, by_check["clock"].status) == (Status.OK, Status.OK)


async def test_the_doctor_names_each_missing_right_with_what_grants_it(topics):
    _, of = topics
    settings = of(len(NEEDED) + 4)
    found = [f for f in await findings(settings) if f.check == "rights"]
    assert {f.advice for f in found} == {right.command(settings) for right in rights.worker(settings)}
    assert {f.status for f in found} == {Status.FAIL, Status.WARN}


async def test_the_clock_of_a_broker_on_this_machine_is_ours_and_asking_leaves_nothing_behind(broker, ways):
    settings = Settings(**ways["scram-512"] | {"sasl_username": "kawat"}, group="asked")
    owner = settings.model_copy(
        update={"bootstrap_servers": broker.kafka.bootstrap, "security_protocol": "PLAINTEXT"}
    )
    for _ in range(3):  # a transaction that was left open would be in the way
        found = await skew(owner)
        assert abs(found.seconds) <= found.within + 0.1


# --- the other roles ----------------------------------------------------------------------------------------------


async def granted(broker, of, number, role):
    """Settings of a user that has exactly the rights of a role."""
    settings = of(number)
    wanted = rights.ROLES[role](settings)
    await broker.grant(settings.sasl_username, wanted)
    await until(lambda: nothing_missing(settings, wanted))
    return settings


async def test_who_makes_the_topics_needs_no_more_than_is_documented(broker, topics):
    _, of = topics
    settings = of(len(NEEDED) + 8).model_copy(update={"topic_prefix": f"new{time.monotonic_ns()}."})
    wanted = [
        rights.Right(kind="topic", name=settings.topic(topic.name), operation=operation, why="to make it")
        for topic in TOPICS
        for operation in ("Create", "Describe", "DescribeConfigs")
    ]
    await broker.grant(settings.sasl_username, wanted)
    await until(lambda: nothing_missing(settings, wanted))
    states = await admin.create(settings)
    assert [(state.created, state.drift) for state in states] == [(True, ())] * len(TOPICS)


async def test_what_feeds_needs_no_more_than_its_rights(broker, topics):
    owner, of = topics
    settings = await granted(broker, of, len(NEEDED) + 5, "feed")
    summary = await feed.feed(settings, [Payload(STORY, "a.json", None)])
    assert (summary.sent, summary.refused) == (1, 0)
    assert await holds(owner, RAW, 1)


async def test_what_repairs_needs_no_more_than_its_rights(broker, topics):
    owner, of = topics
    settings = await granted(broker, of, len(NEEDED) + 6, "repair")
    await send(owner, STORY)
    (raw,) = await read_all(owner.bootstrap_servers, owner.topic(RAW.name))
    letter = dead_letter(owner.topic(DEAD_LETTERS.name), raw, Malformed("not JSON"))
    entry = entry_of(Article(uri="urn:a"), raw.offset).encode()
    producer = AIOKafkaProducer(bootstrap_servers=owner.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(
        letter.topic, letter.value, key=letter.key, headers=list(letter.headers), partition=0
    )
    await producer.send_and_wait(owner.topic(LEDGER.name), entry, key=b"urn:a", partition=0)
    await producer.stop()
    assert len((await redrive.redrive(settings, Selection())).letters) == 1
    plan = await replay.plan(settings, replay.Selection())
    assert len(plan.places) == 1
    await replay.replay(settings, plan, rate=100, most_waiting=100)
    assert await holds(owner, RAW, 3)
    told = tap.tap(settings, settings.topic(RAW.name), start=tap.Start.BEGINNING, limit=None, follow=False)
    assert len([record async for record in told]) == 3


async def test_the_insights_need_no_more_than_their_rights(broker, topics, tmp_path):
    """Faust, with its own clients: it reads an entity, and says so by the offset that it commits."""
    owner, of = topics
    settings = await granted(broker, of, len(NEEDED) + 7, "insights")
    story = EntitiesRecord(
        uri="urn:a",
        version="1",
        state=State.USABLE,
        source="kabar.example",
        language="id",
        model=Model(name="m", version="1"),
        entities=(
            Entity(
                id="e1",
                label=Label.PERSON,
                name="Sari Wening",
                mentions=(Span(start=0, end=11, text="Sari Wening"),),
                salience=0.5,
            ),
        ),
    )
    producer = AIOKafkaProducer(bootstrap_servers=owner.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(owner.topic(ENTITIES.name), orjson.dumps(story), key=b"urn:a", partition=0)
    await producer.stop()
    known = settings.model_dump(include={"bootstrap_servers", "topic_prefix", "group", "security_protocol"})
    known |= settings.model_dump(
        include={"sasl_mechanism", "sasl_username", "tls_ca_file", "insights_http_port"}
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from consumers.cli import main; main()", "insights"),
        *(f"--set={key}={value}" for key, value in known.items()),
        env={**os.environ, "KAWAT_SASL_PASSWORD": PASSWORD},
        stderr=asyncio.subprocess.PIPE,
        cwd=tmp_path,
    )
    try:
        await until(lambda: mentioned(owner), seconds=90)
    finally:
        if process.returncode is None:
            process.terminate()
        said = (await process.communicate())[1].decode()
    assert process.returncode == 0, said[-2_000:]
    assert PASSWORD not in said


async def test_the_live_page_needs_no_more_than_its_rights_and_says_what_it_lacks(broker, topics):
    owner, of = topics
    settings = of(len(NEEDED) + 12)
    with pytest.raises(LiveFailed, match=f"Read on topic {owner.topic(ARTICLES.name)}"):
        await Live(settings, host="127.0.0.1", port=0, stories=5).run()
    settings = await granted(broker, of, len(NEEDED) + 13, "live")
    producer = AIOKafkaProducer(bootstrap_servers=owner.bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(owner.topic(ARTICLES.name), None, key=b"urn:a", partition=0)
    await producer.send_and_wait(owner.topic(RAW.name), STORY, partition=0)
    await producer.stop()
    page = Live(settings, host="127.0.0.1", port=0, stories=5)
    running = asyncio.create_task(page.run())
    try:

        async def told():
            return page.board.count("story") > 0 and page.pulse()["lag"] is not None

        await until(told)
    finally:
        page.stop()
        await running


@pytest.mark.parametrize("name", ["Read on topic news.entities", "Read on group kawat-insights"])
async def test_the_insights_say_which_right_they_lack(broker, topics, name):
    _, of = topics
    settings = of(len(NEEDED) + (9 if "topic" in name else 10))
    defaults = rights.insights(Settings())
    (number,) = [number for number, right in enumerate(defaults) if str(right).startswith(name)]
    wanted = rights.insights(settings)
    lacking = wanted.pop(number)
    await broker.grant(settings.sasl_username, wanted)
    await until(lambda: nothing_missing(settings, wanted))
    with pytest.raises(InsightsFailed) as failed:
        await insights.run(settings)
    assert str(failed.value).splitlines()[1:] == [str(lacking), f"    {lacking.command(settings)}"]


async def mentioned(settings):
    records = await read_all(settings.bootstrap_servers, settings.topic(MENTIONS.name))
    return any(
        (record.key and b"Sari Wening" in record.key) or b"urn:a" in record.value for record in records
    )
