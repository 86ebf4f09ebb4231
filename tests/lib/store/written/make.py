"""Writes the files beside it with pyarrow 25 and fastparquet 2026.9: python make.py

Every value is a function of its row, which import.test.ts states again.
"""

import datetime
import decimal

import fastparquet
import numpy
import pandas
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

rows = range(6007)
epoch = datetime.datetime(1970, 1, 1)


def every(n, value):
    return [None if row % n == 0 else value(row) for row in rows]


table = pa.table(
    {
        "count": pa.array([row * 31 for row in rows], pa.int64()),
        "unsigned": pa.array([2**63 + row for row in rows], pa.uint64()),
        "maybe": pa.array(every(7, lambda row: row * 3 - 5), pa.int32()),
        "huge": pa.array(every(5, lambda row: 2**64 - 1 - row), pa.uint64()),
        "share": pa.array(every(9, lambda row: row % 100 / 8)),
        "half": pa.array(every(9, lambda row: numpy.float16(row % 50 / 4)), pa.float16()),
        "word": pa.array(every(17, lambda row: f"w{row % 97}é")),
        "yes": pa.array(every(4, lambda row: row % 5 == 0)),
        "day": pa.array([row - 2000 for row in rows], pa.int32()).cast(pa.date32()),
        "at": pa.array(every(3, lambda row: row * 86_399_999_123 - 10**15), pa.timestamp("us")),
        "price": pa.array([decimal.Decimal(row - 3000) / 100 for row in rows], pa.decimal128(18, 2)),
        "tags": pa.array(every(6, lambda row: [row % 5, None][: row % 3]), pa.list_(pa.int64())),
        "who": pa.array(
            every(8, lambda row: {"id": row % 11, "since": datetime.date(2000, 1, 1 + row % 28)}),
            pa.struct([("id", pa.int64()), ("since", pa.date32())]),
        ),
    }
)

pages = {"data_page_size": 1200, "row_group_size": 2503}
pq.write_table(table, "pages.parquet", compression="gzip", **pages)
pq.write_table(
    table,
    "pages2.parquet",
    compression="gzip",
    data_page_version="2.0",
    use_dictionary=["word", "price"],
    column_encoding={
        "count": "DELTA_BINARY_PACKED",
        "unsigned": "DELTA_BINARY_PACKED",
        "share": "BYTE_STREAM_SPLIT",
        "yes": "RLE",
    },
    **pages,
)
pq.write_table(
    table.select(["count", "at"]),
    "int96.parquet",
    compression="gzip",
    use_deprecated_int96_timestamps=True,
)
pq.write_table(table.slice(0, 0), "empty.parquet")
pq.write_table(table.select(["word", "share"]), "zstd.parquet", compression="zstd")
pq.write_table(table.select(["word", "share"]), "lz4.parquet", compression="lz4")
pq.write_table(table.select(["word", "share"]), "brotli.parquet", compression="brotli")

plain = table.select(["word", "yes"]).slice(0, 3001)
for codec in ["uncompressed", "lz4", "zstd"]:
    pyarrow.feather.write_feather(plain, f"{codec}.feather", compression=codec, chunksize=997)

frame = pandas.DataFrame(
    {
        "count": numpy.arange(len(rows)) * 31,
        "word": pandas.Series(every(17, lambda row: f"w{row % 97}é"), dtype=object),
        "kind": pandas.Categorical([f"k{row % 3}" for row in rows]),
        "at": pandas.to_datetime([epoch + datetime.timedelta(seconds=row) for row in rows]),
    }
)
fastparquet.write("fastparquet.parquet", frame, compression="GZIP", row_group_offsets=2900)
