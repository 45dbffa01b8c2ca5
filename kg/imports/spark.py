"""A Spark cluster does the work: the same work, shard by shard, and no engine of our own.

The cluster is there already. On its machines diplomatic-kg is installed, and they see the table and
the folder of the parts under the names that they have here.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from kg.errors import Misuse, ServiceError
from kg.imports.parts import Files, Part
from kg.imports.table import Shard
from kg.imports.transform import Job, Worker


def run_on_spark(shards: Iterable[Shard], job: Job, master: str | None) -> Iterator[Part]:
    """Yields what becomes of each shard, in order, once the cluster is through with all.

    Args:
        shards: Parts of a file that the cluster can read at its place.
        job: What is to be done; what was done before is not done again.
        master: Address of the cluster, `spark://host:7077`; without it what Spark's own settings
            say.

    Raises:
        Misuse: pyspark is not installed, or the table is packed.
        ServiceError: The cluster cannot be reached, or fails.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Misuse("Spark needs a library: pip install 'diplomatic-kg[spark]'") from error
    cuts = list(shards)
    if any(cut.data is not None for cut in cuts):
        raise Misuse("a cluster reads files in parts: unpack the .zip first")
    done = {cut.number: Files(job.folder, cut.number, job.is_packed).read() for cut in cuts}
    ahead = [cut for cut in cuts if done[cut.number] is None]
    builder = SparkSession.builder.appName("kg import")
    try:
        session = (builder.master(master) if master else builder).getOrCreate()
        try:
            if ahead:
                table = session.sparkContext.parallelize(ahead, len(ahead))
                done |= {
                    part.number: part for part in table.mapPartitions(partial(_do, job)).collect()
                }
        finally:
            session.stop()
    except (Py4JError, PySparkException, OSError) as error:
        first = str(error).strip().splitlines()[0]
        raise ServiceError(f"Spark: {first}: is the cluster there, and Java here?") from error
    yield from (part for cut in cuts if (part := done[cut.number]) is not None)


def _do(job: Job, shards: Iterable[Shard]) -> Iterator[Part]:
    worker = Worker(job)
    yield from map(worker, shards)
