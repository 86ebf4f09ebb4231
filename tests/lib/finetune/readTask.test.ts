import {describe, expect, test} from "vitest";
import type {AnswerDataset, TagDataset, TextDataset} from "../../../src/lib/finetune/dataset.js";
import {readTask, type ReadTaskOptions} from "../../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (task: string, name: string, text: string, options?: ReadTaskOptions) =>
  readTask(bytes(text), name, fineTuneTask(task), options);
const texts = (task: string, name: string, text: string, options?: ReadTaskOptions) =>
  (read(task, name, text, options) as TextDataset).examples.map(({text, pair, label}) => [
    text,
    pair,
    label
  ]);

describe("readTask of GLUE's layouts", () => {
  test.each<[string, string, string, unknown[][]]>([
    [
      "cola",
      "train.tsv",
      "gj04\t1\t\tHe ran.\ngj04\t0\t*\tRan he.\n",
      [
        ["He ran.", null, 1],
        ["Ran he.", null, 0]
      ]
    ],
    ["sst2", "train.tsv", 'sentence\tlabel\na "fine film\t1\n', [['a "fine film', null, 1]]],
    [
      "mrpc",
      "t.tsv",
      "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\tA.\tB.\n0\t1\t2\tC.\tD.\n",
      [
        ["A.", "B.", 1],
        ["C.", "D.", 0]
      ]
    ],
    [
      "stsb",
      "train.csv",
      '"A, b.",B.,5.0\nC.,D.,3.8\n',
      [
        ["A, b.", "B.", 5],
        ["C.", "D.", 3.8]
      ]
    ],
    [
      "stsb",
      "train.tsv",
      "index\tgenre\tsentence1\tsentence2\tscore\n0\tnews\tA.\tB.\t2.5\n",
      [["A.", "B.", 2.5]]
    ],
    [
      "stsb",
      "sts-train.tsv",
      "main\tfile\t2012\t1\t2.500\tA.\tB.\nmain\tfile\t2012\t2\t0\tC.\tD.\n",
      [
        ["A.", "B.", 2.5],
        ["C.", "D.", 0]
      ]
    ],
    [
      "qqp",
      "train.tsv",
      "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n0\t1\t2\tA?\tB?\t1\n",
      [["A?", "B?", 1]]
    ],
    [
      "mnli",
      "dev_matched.tsv",
      "index\tsentence1\tsentence2\tlabel1\tgold_label\n0\tA.\tB.\tneutral\tneutral\n1\tC.\tD.\tneutral\t-\n2\tE.\tF.\tneutral\tcontradiction\n",
      [
        ["A.", "B.", 1],
        ["E.", "F.", 2]
      ]
    ],
    [
      "qnli",
      "train.tsv",
      "index\tquestion\tsentence\tlabel\n0\tA?\tB.\tnot_entailment\n",
      [["A?", "B.", 1]]
    ],
    [
      "rte",
      "train.tsv",
      "index\tsentence1\tsentence2\tlabel\n0\tA.\tB.\tentailment\n",
      [["A.", "B.", 0]]
    ],
    ["wnli", "train.tsv", "index\tsentence1\tsentence2\tlabel\n0\tA.\tB.\t1\n", [["A.", "B.", 1]]],
    [
      "ax",
      "diagnostic.tsv",
      "Logic\tPremise\tHypothesis\tLabel\nx\tA.\tB.\tcontradiction\n",
      [["A.", "B.", 2]]
    ],
    [
      "sst2",
      "dev.jsonl",
      '{"sentence": "x", "label": 1}\n\n{"sentence": "y", "label": 0}',
      [
        ["x", null, 1],
        ["y", null, 0]
      ]
    ],
    [
      "sst2",
      "lines.json",
      '{"sentence": "x", "label": 1, "meta": {"id": 3}}\n{"sentence": "y", "label": 0}\n',
      [
        ["x", null, 1],
        ["y", null, 0]
      ]
    ],
    ["sst2", "list.json", '[\n {"label": 1,\n "sentence": "x"}]', [["x", null, 1]]],
    ["mrpc", "pandas.csv", "Sentence1,SENTENCE2,Label\nA.,B.,1.0\n", [["A.", "B.", 1]]]
  ])("%s (%s)", (task, name, text, expected) => {
    expect(texts(task, name, text)).toEqual(expected);
  });

  test("names the delimiter of a CSV file that has another", () => {
    const text = '\ufeffsentence;label\r\n"a, b; ""c""";1\r\n';
    expect(() => read("sst2", "excel.csv", text)).toThrow(
      "excel.csv: the delimiter is a semicolon (expected a comma, or tabs in a file called .tsv)"
    );
  });

  test("leaves out the few broken rows that GLUE's files have, and refuses a file of many", () => {
    const header = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
    const good = Array.from({length: 2000}, (_, i) => `${i}\t0\t0\tWho ${i}?\t"What?\t${i % 2}\n`);
    const data = read("qqp", "train.tsv", `${header}${good.join("")}133\t1\tbroken\n`);
    expect((data as TextDataset).examples).toHaveLength(2000);
    expect(data.notes).toEqual(["1 row with another number of fields left out (line 2002)"]);
    const many = `${header}7\tbroken\n${good.slice(0, 900).join("")}`;
    expect(() => read("qqp", "train.tsv", many)).toThrow("line 2: 2 fields, expected 6");
  });

  test.each([
    [
      '{"sentence": "x", "label": NaN}',
      "a.json: line 1 is not valid JSON (expected one object a line; JSON has no NaN"
    ],
    [
      '{"sentence": "x", "label": 1}\n{"label": 1}',
      "a.json: line 2: key 'sentence' is missing (keys: label)"
    ],
    ['[{"sentence": "x", "label": 1}, 3]', "a.json: item 2: expected an object"],
    ['[{"sentence": ["x"], "label": 1}]', "a.json: item 1, sentence: expected a text or a number"],
    ["[]", "a.json: no rows"]
  ])("says what is wrong with %s", (text, message) => {
    expect(() => read("sst2", "a.json", text)).toThrow(message);
  });

  test("names the line of a score that is none, in a file without a header", () => {
    expect(() => read("stsb", "dev.csv", "A.,B.,1\nC.,D.,7\n")).toThrow(
      /dev.csv: line 2: label '7' \(expected a score from 0 to 5\)/
    );
  });

  test("takes a test set without labels where none are needed", () => {
    const text = "index\tsentence\n0\tfine\n";
    expect(texts("sst2", "test.tsv", text, {unlabelled: true})).toEqual([["fine", null, null]]);
    expect(() => read("sst2", "test.tsv", text)).toThrow(/column 'label' not found/);
  });
});

describe("readTask of free classes", () => {
  const csv = "topic,note,body\nsport,x,a goal\nsea,y,a boat\nsport,z,a race\n";

  test("takes the chosen columns and the labels that occur", () => {
    const options = {columns: {text: "body", label: "topic"}};
    const data = read("classification", "mail.csv", csv, options) as TextDataset;
    expect(data.labels).toEqual(["sea", "sport"]);
    expect(data.examples.map(({label}) => label)).toEqual([1, 0, 1]);
  });

  test("refuses a label that the training rows did not have", () => {
    const options = {columns: {text: "body", label: "topic"}, labels: ["sea", "law"]};
    expect(() => read("classification", "mail.csv", csv, options)).toThrow(
      /line 2: label 'sport' \(expected one of sea, law\)/
    );
  });

  test("orders numbers as numbers, and asks for two classes", () => {
    const rows = (labels: string[]) => `text\tlabel\n${labels.map((l) => `x\t${l}\n`).join("")}`;
    const labelsOf = (labels: string[]) => read("classification", "a.tsv", rows(labels)).labels;
    expect(labelsOf(["10", "9", "2"])).toEqual(["2", "9", "10"]);
    expect(() => labelsOf(["2", "2"])).toThrow(/only one class, '2': expected at least two/);
  });
});

describe("readTask of tags and answers", () => {
  test("converts IOB1 and skips -DOCSTART-", () => {
    const text =
      "-DOCSTART- -X- O\n\nMara NNP I-PER\nruns VBZ O\n\nin IN O\nOld NNP I-LOC\nTown NNP I-LOC\nMara NNP B-LOC\n";
    const data = read("ner", "a.conll", text) as TagDataset;
    expect(data.examples.map(({tags}) => tags)).toEqual([
      ["B-PER", "O"],
      ["O", "B-LOC", "I-LOC", "B-LOC"]
    ]);
    expect(data.labels).toEqual(["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]);
    expect(data.notes.join()).toMatch(/2 entities begin with I-: read as IOB1/);
  });

  test.each([
    ["BIOES", "S", "E"],
    ["BILOU", "U", "L"]
  ])("converts %s, and skips comments", (_, single, end) => {
    const text = `# sent_id = 1\nMara\t${single}-PER\nis\tO\n\nOld\tB-LOC\nTown\tI-LOC\nHall\t${end}-LOC\n`;
    const data = read("ner", "a.conll", text) as TagDataset;
    expect(data.examples.map(({tags}) => tags)).toEqual([
      ["B-PER", "O"],
      ["B-LOC", "I-LOC", "I-LOC"]
    ]);
    expect(data.notes).toEqual(["2 tags mark an end (BIOES or BILOU): read as IOB2"]);
  });

  const squad = (context: string, qa: object) =>
    JSON.stringify({data: [{paragraphs: [{context, qas: [{id: "q", question: "Who?", ...qa}]}]}]});

  test("counts answer_start in code points", () => {
    const qa = {answers: [{text: "Mara", answer_start: 2}]};
    const data = read("squad", "a.json", squad("🙂 Mara ran.", qa)) as AnswerDataset;
    expect(data.examples[0]!.answers).toEqual([{text: "Mara", start: 3}]);
  });

  test("moves an answer to the nearest place, and refuses one that is nowhere", () => {
    const qa = (text: string) => ({answers: [{text, answer_start: 9}]});
    const data = read("squad", "a.json", squad("Mara and Mara ran", qa("ran"))) as AnswerDataset;
    expect(data.examples[0]!.answers[0]!.start).toBe(14);
    expect(data.notes.join()).toMatch(/1 answer does not stand at answer_start/);
    expect(() => read("squad", "a.json", squad("Mara ran", qa("Ada")))).toThrow(
      /question q: the answer 'Ada' is not in its context/
    );
  });

  const row = (id: string, answers: unknown, more: object = {}) =>
    JSON.stringify({id, title: "T", context: "🙂 Mara ran.", question: "Who?", answers, ...more});

  test.each([
    [
      "a.jsonl",
      `${row("1", {text: ["Mara"], answer_start: [2]})}\n${row("2", {text: [], answer_start: []})}\n`
    ],
    [
      "a.json",
      `${row("1", {text: ["Mara"], answer_start: [2]})}\n${row("2", {text: [], answer_start: []})}`
    ],
    ["a.json", `[${row("1", [{text: "Mara", answer_start: 2}])}, ${row("2", [])}]`],
    [
      "a.json",
      `[${row("1", [{text: "Mara", answer_start: 2}])}, ${row("2", [], {is_impossible: true})}]`
    ]
  ])("reads rows with their context: %s", (name, text) => {
    const {examples} = read("squad2", name, text) as AnswerDataset;
    expect(examples.map(({id, answers}) => [id, answers])).toEqual([
      ["1", [{text: "Mara", start: 3}]],
      ["2", []]
    ]);
  });

  test.each([
    [
      "a.jsonl",
      row("1", {text: ["Mara"], answer_start: []}),
      /line 1: answers: 1 of text, 0 of answer_start/
    ],
    ["a.jsonl", '{"id": "1"}', /line 1: expected a text 'context'/],
    ["a.jsonl", `${row("1", [])}\n{`, /line 2 is not valid JSON/],
    ["a.jsonl", `${row("1", [])}\n${row("1", [])}`, /question 1: two questions have this id/],
    ["a.json", row("1", [{text: "Ada", answer_start: 0}]), /the answer 'Ada' is not in its context/]
  ])("names what is wrong with rows: %s", (name, text, message) => {
    expect(() => read("squad2", name, text)).toThrow(message);
  });

  test("an impossible question has no answers, whatever is plausible", () => {
    const qa = {is_impossible: true, answers: [{text: "Mara", answer_start: 0}]};
    const data = read("squad2", "a.json", squad("Mara ran", qa)) as AnswerDataset;
    expect(data.examples[0]!.answers).toEqual([]);
  });
});

test("fineTuneTask takes GLUE's spellings and lists what there is", () => {
  expect(fineTuneTask("SST-2").id).toBe("sst2");
  expect(fineTuneTask("MNLI-mm").id).toBe("mnli_mismatched");
  expect(() => fineTuneTask("sst3")).toThrow(/task sst3 is unknown \(expected one of cola, sst2/);
});
