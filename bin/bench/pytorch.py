"""Answers the benchmark: one JSON question a line, one number a line."""
import json
import sys
import time

import torch
from transformers import AlbertConfig, AlbertForMaskedLM

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)
model = optimizer = batch = None


def load(shape):
    global model, optimizer, batch
    config = AlbertConfig(
        vocab_size=shape["vocabSize"],
        embedding_size=shape["embeddingSize"],
        hidden_size=shape["hiddenSize"],
        intermediate_size=shape["intermediateSize"],
        num_attention_heads=shape["numAttentionHeads"],
        num_hidden_layers=shape["numHiddenLayers"],
        max_position_embeddings=shape["sequence"],
        hidden_act="gelu_new",
        hidden_dropout_prob=0,
        attention_probs_dropout_prob=0,
    )
    model = AlbertForMaskedLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    size = (shape["batch"], shape["sequence"])
    ids = torch.randint(shape["vocabSize"], size)
    labels = torch.randint(shape["vocabSize"], size)
    if not shape["allPositions"]:
        labels[torch.rand(size) > 0.15] = -100
    batch = {"input_ids": ids, "labels": labels}
    return 0


def step():
    optimizer.zero_grad()
    loss = model(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def forward():
    with torch.no_grad():
        return model(**batch).loss.item()


for line in sys.stdin:
    question = json.loads(line)
    if "load" in question:
        print(load(question["load"]), flush=True)
        continue
    work = {"step": step, "forward": forward}[question["time"]]
    begun = time.perf_counter()
    work()
    print(1000 * (time.perf_counter() - begun), flush=True)
