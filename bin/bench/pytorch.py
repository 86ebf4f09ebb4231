"""Answers the benchmark: one JSON question a line, one JSON answer a line. A loss that is read waits for its device."""
import json
import sys
import time

import torch
from safetensors.torch import load_file
from transformers import AlbertConfig, AlbertForMaskedLM

torch.set_num_threads(int(sys.argv[1]))
clock = {"cpu": time.process_time, "wall": time.perf_counter}[sys.argv[2]]
device = sys.argv[3]
# "eager", or a mode of torch.compile
how = sys.argv[4]
model = run = optimizer = batch = None


def load(question):
    global model, run, optimizer, batch
    sizes = question["config"]
    model = AlbertForMaskedLM(
        AlbertConfig(
            vocab_size=sizes["vocabSize"],
            embedding_size=sizes["embeddingSize"],
            hidden_size=sizes["hiddenSize"],
            intermediate_size=sizes["intermediateSize"],
            num_attention_heads=sizes["numAttentionHeads"],
            num_hidden_layers=sizes["numHiddenLayers"],
            max_position_embeddings=sizes["maxPositionEmbeddings"],
            layer_norm_eps=sizes["layerNormEps"],
            hidden_act="gelu_new",
            hidden_dropout_prob=0,
            attention_probs_dropout_prob=0,
        )
    )
    weights = load_file(question["weights"])
    missing, unexpected = model.load_state_dict(weights, strict=False)
    # what is missing is tied to what was given
    tied = {"predictions.decoder.weight", "predictions.decoder.bias"}
    untold = [name for name in missing if name not in tied and "position_ids" not in name]
    if untold or unexpected:
        raise ValueError(f"missing {untold}, unexpected {unexpected}")
    model.tie_weights()
    model.to(device)
    run = model if how == "eager" else torch.compile(model, mode=how)
    adam = question["adam"]
    optimizer = torch.optim.Adam(
        model.parameters(),
        lr=adam["learningRate"],
        betas=(adam["beta1"], adam["beta2"]),
        eps=adam["epsilon"],
        fused=True,
    )
    shape = (question["batch"], question["sequence"])
    ids = torch.tensor(question["inputIds"]).reshape(shape)
    labels = torch.full((ids.numel(),), -100)
    labels[torch.tensor(question["maskedPositions"])] = torch.tensor(question["maskedLabels"])
    batch = {"input_ids": ids.to(device), "labels": labels.reshape(shape).to(device)}


def step():
    optimizer.zero_grad()
    loss = run(**batch).loss
    loss.backward()
    optimizer.step()
    return loss.item()


def forward():
    with torch.no_grad():
        return run(**batch).loss.item()


for line in sys.stdin:
    question = json.loads(line)
    if "config" in question:
        load(question)
        print("{}", flush=True)
        continue
    work = {"step": step, "forward": forward}[question["time"]]
    begun = clock()
    loss = work()
    print(json.dumps({"loss": loss, "ms": 1000 * (clock() - begun)}), flush=True)
