"""A sample for the template "PyTorch training": fits a small network to a noisy sine. Takes the template's options."""

import argparse
import pathlib

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--lr", type=float, default=1e-3)
parser.add_argument("--optimizer", choices=["adam", "adamw", "sgd"], default="adamw")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("checkpoints"))
parser.add_argument("--config", type=pathlib.Path)
parser.add_argument("--weights", type=pathlib.Path)
parser.add_argument("--data", type=pathlib.Path)
options = parser.parse_args()

torch.manual_seed(options.seed)
device = "cuda" if torch.cuda.is_available() else "cpu"
print(f"PyTorch {torch.__version__} on {device}")

x = torch.rand(4096, 1) * 6.28
y = torch.sin(x) + 0.1 * torch.randn_like(x)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=options.batch_size, shuffle=True)
model = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1)).to(device)
if options.weights:
    model.load_state_dict(torch.load(options.weights, map_location=device, weights_only=True))
optimizer = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[options.optimizer](model.parameters(), lr=options.lr)

options.output.mkdir(parents=True, exist_ok=True)
for epoch in range(1, options.epochs + 1):
    total = 0.0
    for inputs, targets in loader:
        loss = nn.functional.mse_loss(model(inputs.to(device)), targets.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(inputs)
    print(f"epoch {epoch:3} of {options.epochs}: loss {total / len(x):.5f}")
torch.save(model.state_dict(), options.output / "last.pth")
print(f"Written to {options.output / 'last.pth'}")
