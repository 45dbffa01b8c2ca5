"""From tables of event data to quads: a row is an event, the file is the source of all.

`compile` makes a mapping file of `ontology/imports/` ready, `table` looks a table through and cuts
it into shards, `transform` turns a shard into a part: `rows` cuts out its cells, `mapper` says what
they stand for, `judging` which of them are wrong, `parts` holds the files. `engines` runs that on
the processors that there are, or on a Spark cluster; `apart` judges again what was judged apart.
What runs for each row imports the standard library alone.
"""
