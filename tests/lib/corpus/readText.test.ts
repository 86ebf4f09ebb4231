import {describe, expect, test} from "vitest";
import {corpusText, generateCorpus, readText} from "../../../src/lib/corpus/index.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, name = "own.txt") => readText(bytes(text), name);

const long =
  "The old kettle stood on the stove beside the window and nobody had used it for a year, or perhaps for longer than that.";

describe("readText(bytes, name): plain text", () => {
  test("reads what corpusText writes", () => {
    const corpus = generateCorpus({documents: 12, seed: 3});
    expect(readText(bytes(corpusText(corpus)), "a.txt").documents).toEqual(corpus.documents);
  });

  test("splits paragraphs into sentences", () => {
    const {documents, notes} = read(`${long} It was cold. Dr. Vo left.\n${long}\n`);
    expect(documents).toEqual([[long, "It was cold.", "Dr. Vo left.", long]]);
    expect(notes).toEqual([]);
  });

  test("merges documents that are too short with the next, and says so", () => {
    const {documents, notes} = read(`One line.\n\n${long}\n\nB. \n\n${long}\nMore.\n\nLast.\n`);
    expect(documents).toEqual([
      ["One line.", long],
      ["B.", long, "More.", "Last."]
    ]);
    expect(notes![0]).toContain("5 blocks between blank lines became 2 documents");
  });

  test("joins the speakers of a play to their speeches", () => {
    const play = `ANNA:\nI see the boat.\nIt comes.\n\nBen:\n${long}\n\nAll:\n`;
    expect(read(play).documents).toEqual([
      ["ANNA: I see the boat.", "It comes.", `Ben: ${long}`, "All:"]
    ]);
  });

  test("joins lines that are broken at a fixed width", () => {
    const wrapped =
      "The kettle that stood\non the stove was old\nand had a dent. Nobody\never\nused it.\n";
    const {documents, notes} = read(wrapped);
    expect(documents).toEqual([
      ["The kettle that stood on the stove was old and had a dent.", "Nobody ever used it."]
    ]);
    expect(notes![0]).toContain("fixed width");
  });

  test("cuts documents of over 100 sentences and sentences of over 200 words", () => {
    const {documents, notes} = read(`${`${long}\n`.repeat(250)}${"word ".repeat(500)}end.\n`);
    expect(documents.map((document) => document.length)).toEqual([85, 85, 83]);
    expect(notes).toHaveLength(2);
  });

  test("reads any line ends, a byte order mark, and UTF-16 with a note", () => {
    const expected = [[long, "Second line.", "Third."]];
    const text = `${long}\nSecond line.\nThird.`;
    expect(read(`\ufeff${text.replaceAll("\n", "\r\n")}`).documents).toEqual(expected);
    expect(read(text.replaceAll("\n", "\r")).documents).toEqual(expected);
    const utf16 = new Uint8Array(2 * text.length + 2);
    const view = new DataView(utf16.buffer);
    view.setUint16(0, 0xfeff, true);
    [...text].forEach((char, i) => view.setUint16(2 * i + 2, char.charCodeAt(0), true));
    expect(readText(utf16, "w.txt")).toMatchObject({
      documents: expected,
      notes: ["decoded from UTF-16LE"]
    });
  });

  test("reads 50 MB in linear time and reports progress", () => {
    const text = `${`${long} Then Mr. Vo came in, said "No!" and left again.\n`.repeat(40)}\n`;
    const small = bytes(text.repeat(Math.ceil(6.25e6 / text.length)));
    const large = bytes(text.repeat(Math.ceil(50e6 / text.length)));
    const cost = (data: Uint8Array) => {
      const start = process.cpuUsage();
      readText(data, "big.txt");
      return process.cpuUsage(start).user;
    };
    cost(small);
    const fractions: number[] = [];
    expect(cost(large)).toBeLessThan(8 * 4 * cost(small));
    readText(small, "big.txt", {onProgress: (fraction) => fractions.push(fraction)});
    expect(fractions.length).toBeGreaterThan(3);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  }, 120_000);
});

describe("readText(bytes, name): other layouts", () => {
  test("TSV as GLUE has it: a document of one sentence a row, with a note", () => {
    const {documents, notes} = read('sentence\tlabel\na "kettle\t1\n\ta\nit rains .\t0\n', "t.tsv");
    expect(documents).toEqual([['a "kettle'], ["it rains ."]]);
    expect(notes![0]).toBe("1 row without text left out");
    expect(notes![1]).toContain("2 of 2 rows hold one sentence each");
  });

  test("pairs of sentences, CSV, a column by name, headless CoLA", () => {
    expect(read("sentence1\tsentence2\tscore\nA b.\tC d.\t3", "p.tsv").documents).toEqual([
      ["A b.", "C d."]
    ]);
    expect(read('id,text\n1,"One, two."\n2,Three.', "t.csv").documents).toEqual([
      ["One, two."],
      ["Three."]
    ]);
    const named = readText(bytes("a,b\nx,Yes.\ny,No."), "t.csv", {column: "b"});
    expect(named.documents).toEqual([["Yes."], ["No."]]);
    const cola = read("gj04\t1\t\tThe boat sank.\ngj04\t0\t*\tBoat the sank.\n", "train.tsv");
    expect(cola.documents).toEqual([["The boat sank."], ["Boat the sank."]]);
    expect(cola.notes![0]).toContain("CoLA");
  });

  test("JSON lines, JSON arrays and SQuAD's contexts", () => {
    expect(read('{"text":"A bee. C d."}\n\n{"text":"E."}', "t.jsonl").documents).toEqual([
      ["A bee.", "C d."],
      ["E."]
    ]);
    expect(read('[["A.","B."],"Cry out. E f."]', "t.json").documents).toEqual([
      ["A.", "B."],
      ["Cry out.", "E f."]
    ]);
    const squad = {
      data: [{paragraphs: [{context: `${long} Why?`, qas: []}, {context: "It rains."}]}]
    };
    expect(read(JSON.stringify(squad), "q.json").documents).toEqual([[long, "Why?", "It rains."]]);
  });

  test("CoNLL-U and CoNLL files", () => {
    const row = (i: number, word: string) => [i, word, ...Array(8).fill("_")].join("\t");
    const text = `# newdoc\n# text = It rains.\n${row(1, "It")}\n${row(2, "rains")}\n\n${row(1, "No")}\n\n`;
    expect(read(text, "d.conllu").documents).toEqual([["It rains.", "No"]]);
    expect(
      read("-DOCSTART- O\n\nAnna B-PER\nsings O\n\nShe O\nleft O\n", "x.txt").documents
    ).toEqual([["Anna sings", "She left"]]);
  });
});

describe("readText refuses, with one sentence that says what and where:", () => {
  const own = (...values: number[]) => new Uint8Array([...values, ...bytes(" and more")]);
  const cases: [string, Uint8Array, string, string][] = [
    ["an empty file", bytes(""), "a.txt", "a.txt: the file is empty"],
    ["white space", bytes(" \n\t\n"), "a.txt", "a.txt: holds only white space"],
    ["one word", bytes("word"), "a.txt", "a.txt: holds one sentence (expected at least two"],
    [
      "a zip",
      own(0x50, 0x4b, 3, 4),
      "a.txt",
      "a.txt: looks like a zip archive (expected plain text)"
    ],
    ["a PNG", own(0x89, 0x50, 0x4e, 0x47), "a.tsv", "a.tsv: looks like a PNG image"],
    ["a gzip", own(0x1f, 0x8b), "a.txt", "looks like gzip-compressed data"],
    ["a Parquet file", bytes("PAR1...."), "a.csv", "looks like a Parquet file"],
    ["NUL bytes", bytes("One.\nTw\0o.\n"), "a.txt", "a.txt: line 2 holds a NUL byte"],
    [
      "UTF-16 without a mark",
      bytes([..."One. Two."].join("\0")),
      "a.txt",
      "UTF-16 without a byte order mark"
    ],
    [
      "Latin-1",
      new Uint8Array([...bytes("One.\r\nTwo.\r\ncaf"), 0xe9, ...bytes(" x\n")]),
      "a.txt",
      "a.txt: line 3 is not valid UTF-8 at byte 0xe9"
    ],
    [
      "a cut character",
      new Uint8Array([...bytes("One.\nTwo "), 0xc3]),
      "a.txt",
      "a.txt: line 2 ends inside a UTF-8 character"
    ],
    [
      "UTF-32",
      new Uint8Array([0xff, 0xfe, 0, 0, 65, 0, 0, 0]),
      "a.txt",
      "a.txt: encoded as UTF-32"
    ],
    [
      "a git-lfs pointer",
      bytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
      "a.txt",
      "a.txt: a git-lfs pointer"
    ],
    [
      "an HTML page",
      bytes("\n<!DOCTYPE html><html><body>404"),
      "a.tsv",
      "a.tsv: an HTML page, not text"
    ],
    [
      "too much",
      new Uint8Array(64 * 2 ** 20 + 1),
      "a.txt",
      "a.txt: 64.0 MiB of text is over the limit of 64 MiB"
    ],
    [
      "a ragged table",
      bytes("sentence\tlabel\na\n"),
      "a.tsv",
      "a.tsv: line 2: 1 field, expected 2"
    ],
    ["no text column", bytes("x\ty\na\tb\n"), "a.tsv", "a.tsv: no text column; columns: x, y"],
    ["another delimiter", bytes("sentence,label\na,1\n"), "a.tsv", "is the delimiter a comma?"],
    [
      "broken JSON lines",
      bytes('{"text":"A."}\n{"text":\n'),
      "a.jsonl",
      "a.jsonl: line 2 is not valid JSON"
    ],
    [
      "a missing field",
      bytes('{"text":"A."}\n{"label":1}\n'),
      "a.jsonl",
      "a.jsonl: line 2: no text field sentence or text"
    ],
    [
      "other JSON",
      bytes('{"version":1}'),
      "a.json",
      "a.json: expected SQuAD's layout or an array of texts"
    ],
    [
      "a short CoNLL-U row",
      bytes("1\tIt\n"),
      "a.conllu",
      "a.conllu: line 1: 2 fields, expected CoNLL-U's 10"
    ]
  ];

  test.each(cases)("%s", (_, data, name, message) => {
    const act = () => readText(data, name);
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({name: "InputError"}));
  });
});
