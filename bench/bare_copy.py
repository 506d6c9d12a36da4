"""The least that an exactly-once worker on aiokafka must do: copy records to one topic or more, in transactions.

One transactional producer a partition, one batch a transaction, every future awaited: the same guarantees' cost, none
of the product's work. Until SIGTERM. Two ways to send: record by record, as the documentation shows, and in ready
batches, which is faster.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def copy(asked: argparse.Namespace) -> None:
    """All partitions of the topic, each on its own, until SIGTERM."""
    consumer = AIOKafkaConsumer(
        asked.topic,
        bootstrap_servers=asked.bootstrap,
        group_id=asked.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    while not consumer.assignment():
        await asyncio.sleep(0.05)
    lanes = [asyncio.create_task(lane(consumer, partition, asked)) for partition in consumer.assignment()]
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([*lanes, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in lanes:
        task.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)
    await consumer.stop()
    for task in done - {stopping}:
        task.result()


async def lane(consumer: AIOKafkaConsumer, partition: TopicPartition, asked: argparse.Namespace) -> None:
    """One partition."""
    producer = AIOKafkaProducer(
        bootstrap_servers=asked.bootstrap,
        transactional_id=f"{asked.group}-{partition.partition}",
        max_batch_size=512 * 1024,
        linger_ms=0,
    )
    await producer.start()
    try:
        while True:
            records = (await consumer.getmany(partition, timeout_ms=500, max_records=asked.batch)).get(
                partition
            )
            if not records:
                continue
            async with producer.transaction():
                if asked.batches:
                    sent = [
                        await _one_batch(producer, records, out, partition.partition) for out in asked.out
                    ]
                else:
                    sent = [
                        await producer.send(out, r.value, r.key, partition.partition)
                        for r in records
                        for out in asked.out
                    ]
                await asyncio.gather(*sent)
                await producer.send_offsets_to_transaction({partition: records[-1].offset + 1}, asked.group)
    finally:
        await producer.stop()


async def _one_batch(producer: AIOKafkaProducer, records: list, topic: str, partition: int) -> asyncio.Future:
    batch = producer.create_batch()
    for record in records:
        if batch.append(key=record.key, value=record.value, timestamp=None) is None:
            raise RuntimeError("the batch of this loop is too small for its records")
    return await producer.send_batch(batch, topic, partition=partition)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("bootstrap", "group", "topic"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--out", nargs="+", required=True)
    parser.add_argument("--batch", type=int, default=32, help="most records in one transaction")
    parser.add_argument("--batches", action="store_true", help="send ready batches, not record by record")
    asyncio.run(copy(parser.parse_args()))


if __name__ == "__main__":
    main()
