import type {AlbertConfig, Architecture, ModelType} from "../config.js";
import {countParameters} from "../specs.js";
import {effectiveDepth, numGroups} from "../sharing.js";
import {familyArchitecture} from "../variants.js";

const familyNames: Record<ModelType, string> = {
  albert: "ALBERT",
  bert: "BERT",
  roberta: "RoBERTa",
  distilbert: "DistilBERT",
  electra: "ELECTRA"
};

/** Architectures and the task that the Hub lists their models under. */
const pipelineTags: Record<Architecture, string> = {
  AlbertModel: "feature-extraction",
  AlbertForPreTraining: "fill-mask",
  AlbertForMaskedLM: "fill-mask",
  AlbertForSequenceClassification: "text-classification",
  AlbertForTokenClassification: "token-classification",
  AlbertForQuestionAnswering: "question-answering",
  AlbertForMultipleChoice: "multiple-choice",
  AlbertForTextPairs: "sentence-similarity"
};

/**
 * The README.md of a model: what the Hub reads (YAML in front), sizes, how to load it in Python, and
 * where its file says less than the model does.
 *
 * @param about paragraphs in Markdown to put after the title; default none
 */
export function modelCard(config: AlbertConfig, about = ""): string {
  const counts = countParameters(config);
  const number = (n: number): string => n.toLocaleString("en-US");
  const rows: [string, string][] = [
    ["architecture", `\`${familyArchitecture(config)}\``],
    ["parameters", number(counts.total)],
    ["of these in embeddings", number(counts.embeddings + counts.factorisation)],
    ["of these in the encoder", number(counts.encoder)],
    ["vocabulary", number(config.vocabSize)],
    ["embedding size", `${config.embeddingSize}`],
    ["hidden size", `${config.hiddenSize}`],
    ["depth", `${effectiveDepth(config)}`],
    ["sharing across depth", sharingText(config)],
    ["attention heads", `${config.numAttentionHeads}`],
    ["feed-forward size", `${config.intermediateSize} (${config.hiddenAct})`],
    ["positions", `${config.maxPositionEmbeddings}`]
  ];
  const loader = hasOwnHead(config)
    ? familyArchitecture({...config, architecture: "AlbertModel"})
    : familyArchitecture(config);
  const notes = [halfShared(config), ownHead(config, loader)].filter((note) => note !== "");
  return [
    "---",
    "library_name: transformers",
    `pipeline_tag: ${pipelineTags[config.architecture]}`,
    "tags:",
    `- ${config.modelType}`,
    "- albert-observatory",
    "---",
    "",
    `# ${familyNames[config.modelType]} model`,
    "",
    ...(about === "" ? [] : [about.trim(), ""]),
    "| | |",
    "|---|---|",
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    ...notes.flatMap((note) => [note, ""]),
    "```python",
    `from transformers import AutoTokenizer, ${loader}`,
    "",
    `model = ${loader}.from_pretrained("path/to/this/folder")`,
    'tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")',
    "```",
    ""
  ].join("\n");
}

function sharingText({sharing}: AlbertConfig): string {
  if (typeof sharing === "string") return sharing;
  if ("layers" in sharing) return `layers ${sharing.layers.join(", ")} by depth`;
  return `${sharing.groups} groups of ${sharing.inner}`;
}

/** Whether transformers has no class for the head. */
const hasOwnHead = ({architecture}: AlbertConfig) => architecture === "AlbertForTextPairs";

function ownHead(config: AlbertConfig, loader: string): string {
  if (!hasOwnHead(config)) return "";
  return (
    "The head compares two texts piece by piece (late interaction), for which transformers has no " +
    `class: \`${loader}\` loads the encoder and leaves the head's tensors (\`alignment.…\`, ` +
    "`classifier.…`) aside."
  );
}

function halfShared(config: AlbertConfig): string {
  const {sharing} = config;
  if (sharing !== "attention" && sharing !== "ffn") return "";
  const half = sharing === "attention" ? "attention" : "feed-forward";
  return (
    `This model shares its ${half} tensors across depth and nothing else, which config.json cannot ` +
    `express. The file therefore holds ${numGroups(config)} groups with those tensors repeated: ` +
    "outputs are the same, but training it on in transformers lets the copies drift apart. The key " +
    "`sharing` in config.json is this project's own and lets it fold the copies again."
  );
}
