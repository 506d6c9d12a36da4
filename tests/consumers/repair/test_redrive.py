from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import NotEnoughReplicasError

from config.settings import Settings
from config.topics import DEAD_LETTERS, RAW
from consumers.kafka import admin
from consumers.kafka.broker import EmbeddedBroker
from consumers.lanes.deadletter import dead_letter
from consumers.repair import letters, redrive, resend
from consumers.repair.letters import Selection
from processors.errors import Malformed, StoryError, StoryTimeout

HEADERS = (("content-type", b"application/xml"), ("traceparent", b"00-1-1-01"), ("empty", b""))


def raw_record(settings, *, partition, offset, key=b"uri:a", value=b"<broken", headers=HEADERS, topic=None):
    return ConsumerRecord(
        topic=topic or settings.topic(RAW.name),
        partition=partition,
        offset=offset,
        timestamp=1_790_000_000_000,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=headers,
    )


@pytest.fixture
def die(topics, write):
    """Makes dead letters as the worker does; gives their places."""

    async def die(*deaths: tuple[ConsumerRecord, StoryError]):
        places = []
        for record, error in deaths:
            out = dead_letter(topics.topic(DEAD_LETTERS.name), record, error)
            (metadata,) = await write(
                (
                    DEAD_LETTERS.name,
                    out.value,
                    {"key": out.key, "headers": list(out.headers), "partition": record.partition},
                )
            )
            places.append((metadata.partition, metadata.offset))
        return places

    return die


def malformed(line=3):
    return Malformed(f"not well-formed XML, line {line}")


async def test_a_letter_tells_why_and_where_from(topics, die):
    (place,) = await die((raw_record(topics, partition=2, offset=41), malformed()))
    (letter,) = (await letters.find(topics, Selection())).letters
    assert letter.place == place
    assert (letter.reason, letter.stage, letter.error) == (
        "malformed",
        "intake",
        "not well-formed XML, line 3",
    )
    assert (letter.topic, letter.origin_partition, letter.origin_offset) == (topics.topic(RAW.name), 2, 41)
    assert letter.origin_timestamp == 1_790_000_000_000
    assert (letter.key, letter.size, letter.redriven) == (b"uri:a", 7, None)


async def test_letters_are_chosen_by_reason_stage_and_place(topics, die):
    first, second, third = await die(
        (raw_record(topics, partition=0, offset=1), malformed()),
        (raw_record(topics, partition=0, offset=2), StoryTimeout("over 10 s", stage="pool")),
        (raw_record(topics, partition=1, offset=3), malformed()),
    )

    async def places(**selection):
        return {letter.place for letter in (await letters.find(topics, Selection(**selection))).letters}

    assert await places() == {first, second, third}
    assert await places(reason="malformed") == {first, third}
    assert await places(stage="pool") == {second}
    assert await places(reason="malformed", stage="pool") == set()
    assert await places(places=frozenset({third})) == {third}


async def test_a_letter_goes_back_byte_for_byte_to_its_own_partition(topics, die, read):
    await die((raw_record(topics, partition=2, offset=41, value=b"\xff\x00<"), malformed()))
    plan = await redrive.redrive(topics, Selection())
    assert len(plan.letters) == 1
    (story,) = await read(RAW.name)
    assert (story.partition, story.key, story.value) == (2, b"uri:a", b"\xff\x00<")
    assert story.headers == HEADERS


@pytest.mark.parametrize(("key", "value"), [(None, b"x"), (b"k", None), (b"", b""), (None, None)])
async def test_missing_keys_and_values_stay_missing(topics, die, read, key, value):
    await die((raw_record(topics, partition=1, offset=0, key=key, value=value, headers=()), malformed()))
    await redrive.redrive(topics, Selection())
    (story,) = await read(RAW.name)
    assert (story.key, story.value, story.headers) == (key, value, ())


async def test_what_has_gone_back_does_not_go_again(topics, die, read):
    await die((raw_record(topics, partition=0, offset=1), malformed()))
    await redrive.redrive(topics, Selection())
    await die((raw_record(topics, partition=0, offset=2, value=b"later"), malformed()))
    again = await redrive.redrive(topics, Selection())
    assert len(again.letters) == 1
    assert [story.value for story in await read(RAW.name)] == [b"<broken", b"later"]
    assert (await redrive.redrive(topics, Selection())).letters == []


async def test_one_that_went_back_by_name_is_left_out_when_all_go(topics, die, read):
    first, second = await die(
        (raw_record(topics, partition=0, offset=1, value=b"1"), malformed()),
        (raw_record(topics, partition=0, offset=2, value=b"2"), malformed()),
    )
    await redrive.redrive(topics, Selection(places=frozenset({second})))
    everything = (await letters.find(topics, Selection(pending=False))).letters
    assert {letter.place: letter.redriven is not None for letter in everything} == {
        first: False,
        second: True,
    }
    await redrive.redrive(topics, Selection())
    assert [story.value for story in await read(RAW.name)] == [b"2", b"1"]


async def test_on_demand_a_letter_goes_once_more(topics, die, read):
    await die((raw_record(topics, partition=0, offset=1), malformed()))
    await redrive.redrive(topics, Selection())
    await redrive.redrive(topics, Selection(pending=False))
    assert len(await read(RAW.name)) == 2


async def test_the_letters_themselves_stay_as_they_were(topics, die, read):
    await die((raw_record(topics, partition=0, offset=1), malformed()))
    (before,) = await read(DEAD_LETTERS.name)
    await redrive.redrive(topics, Selection())
    after, mark = await read(DEAD_LETTERS.name)
    assert after == before
    assert (mark.partition, mark.value, dict(mark.headers)) == (0, None, {letters.REDRIVEN: b"0"})


async def test_stories_of_a_partition_go_back_in_their_order_over_many_transactions(topics, die, read):
    await die(
        *((raw_record(topics, partition=n % 2, offset=n, value=b"%d" % n), malformed()) for n in range(10))
    )
    told = []
    await redrive.redrive(topics, Selection(), rate=3_000, on_sent=told.append)
    values = [int(story.value) for story in await read(RAW.name)]
    assert values == [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    assert sorted(letter.origin_offset for letter in told) == list(range(10))


async def test_the_rate_is_kept(topics, die):
    await die(*((raw_record(topics, partition=0, offset=n), malformed()) for n in range(6)))
    started = asyncio.get_running_loop().time()
    await redrive.redrive(topics, Selection(), rate=5)
    assert asyncio.get_running_loop().time() - started >= 1  # five at once, the sixth a second later


async def test_a_letter_whose_topic_or_partition_is_gone_stays_and_the_others_go(topics, die, read):
    gone, beyond, fine = await die(
        (raw_record(topics, partition=0, offset=1, topic=topics.topic("news.gone")), malformed()),
        (raw_record(topics, partition=2, offset=1), malformed()),
        (raw_record(topics, partition=1, offset=2), malformed()),
    )
    del beyond
    plan = await redrive.redrive(topics, Selection())
    assert [refusal.letter.place for refusal in plan.refused] == [gone]
    assert "news.gone" in plan.refused[0].why
    assert fine in {letter.place for letter in plan.letters}
    assert (await letters.find(topics, Selection())).refused[0].letter.redriven is None
    assert len(await read(RAW.name)) == 2


async def test_a_stranger_in_the_topic_is_counted_and_left_alone(topics, die, write, read):
    await write((DEAD_LETTERS.name, b"hello", {"headers": [("kawat-dlq-reason", b"malformed")]}))
    await die((raw_record(topics, partition=0, offset=1), malformed()))
    plan = await redrive.redrive(topics, Selection())
    assert (len(plan.letters), plan.strangers) == (1, 1)
    assert len(await read(RAW.name)) == 1


async def test_if_the_broker_fails_neither_story_nor_mark_is_there_and_the_next_call_sends_all(
    topics, die, read, monkeypatch
):
    await die(*((raw_record(topics, partition=0, offset=n, value=b"%d" % n), malformed()) for n in range(3)))
    send_batch = AIOKafkaProducer.send_batch

    async def fail_on_raw(self, batch, topic, *, partition):
        if topic.endswith(RAW.name):
            raise NotEnoughReplicasError
        return await send_batch(self, batch, topic, partition=partition)

    with monkeypatch.context() as patch:
        patch.setattr(AIOKafkaProducer, "send_batch", fail_on_raw)
        with pytest.raises(redrive.RedriveStopped, match="again for the rest"):
            await redrive.redrive(topics, Selection())
    assert await read(RAW.name) == []
    await redrive.redrive(topics, Selection())
    assert [story.value for story in await read(RAW.name)] == [b"0", b"1", b"2"]


async def test_if_the_broker_goes_away_it_stops_and_says_so(monkeypatch):
    monkeypatch.setattr(resend, "_TRANSACTION_MS", 1_000)
    monkeypatch.setattr(resend, "_CLEANUP_S", 0.5)
    with EmbeddedBroker() as mortal:
        settings = Settings(bootstrap_servers=mortal.bootstrap, partitions=1)
        await admin.create(settings)
        producer = AIOKafkaProducer(bootstrap_servers=mortal.bootstrap)
        await producer.start()
        for offset in (1, 2):
            out = dead_letter(
                DEAD_LETTERS.name, raw_record(settings, partition=0, offset=offset), malformed()
            )
            await producer.send_and_wait(out.topic, out.value, key=out.key, headers=list(out.headers))
        await producer.stop()
        sent = []

        def stop_after_the_first(letter):
            sent.append(letter.origin_offset)
            mortal.stop()

        with pytest.raises(redrive.RedriveStopped, match="again for the rest"):
            await redrive.redrive(settings, Selection(), rate=1, on_sent=stop_after_the_first)
        assert sent == [1]


async def test_a_redrive_that_was_frozen_is_fenced_by_the_next_one(topics, die, read):
    await die((raw_record(topics, partition=0, offset=1), malformed()))

    async def be_frozen_meanwhile():
        async with resend.sole_producer(
            topics, "redrive", command="kawat dlq redrive", stopped=redrive.RedriveStopped
        ) as frozen:
            assert len((await redrive.redrive(topics, Selection())).letters) == 1
            await redrive._transaction(frozen, [await letters.fetch(topics, (0, 0))])

    with pytest.raises(redrive.RedriveStopped, match="took over"):
        await be_frozen_meanwhile()
    assert len(await read(RAW.name)) == 1


async def test_one_letter_is_fetched_with_its_bytes_and_whether_it_went_back(topics, die):
    (place,) = await die((raw_record(topics, partition=1, offset=9), malformed()))
    letter, record = await letters.fetch(topics, place)
    assert (record.value, letter.redriven) == (b"<broken", None)
    await redrive.redrive(topics, Selection())
    assert (await letters.fetch(topics, place))[0].redriven is not None


@pytest.mark.parametrize("place", [(0, 0), (1, 7), (99, 0)])
async def test_a_place_without_a_letter_is_an_error(topics, place):
    with pytest.raises(letters.NoSuchLetter, match=f"{place[0]}:{place[1]}"):
        await letters.fetch(topics, place)


async def test_a_mark_is_no_letter(topics, die):
    await die((raw_record(topics, partition=0, offset=1), malformed()))
    await redrive.redrive(topics, Selection())
    with pytest.raises(letters.NoSuchLetter):
        await letters.fetch(topics, (0, 1))
