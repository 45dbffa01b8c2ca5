"""From tables of event data to quads: a row is an event, the file is the source of all.

`compile` makes a mapping file of `ontology/imports/` ready, `table` looks a table through and cuts
it into shards, `transform` turns a shard into N-Quads, `engines` runs that on the processors that
there are, or on a Spark cluster. What runs for each row imports the standard library alone.
"""
