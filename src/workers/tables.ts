/** Reads and writes Parquet, Arrow and JSON tables apart from the page. */
import {answerTable} from "../lib/store/import/answer.js";
import type {TableCommand} from "../lib/store/import/protocol.js";

self.onmessage = async ({data}: MessageEvent<TableCommand>) => {
  const event = await answerTable(data);
  const transfer =
    event.type === "read"
      ? [event.table.stream.buffer]
      : event.type === "written"
        ? [event.bytes.buffer]
        : [];
  self.postMessage(event, {transfer: transfer as ArrayBuffer[]});
};
