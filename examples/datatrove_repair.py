"""Repairs a JSON lines file or a folder of such in a datatrove pipeline.

    pip install 'spinfix[datatrove]'
    python examples/datatrove_repair.py repaired/

On a cluster: SlurmPipelineExecutor, or another one, takes the same pipeline.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

from spinfix.engines import Setup
from spinfix.engines.datatrove import RepairStep


def main() -> None:
    parser = argparse.ArgumentParser(description="Repair articles in a datatrove pipeline.")
    parser.add_argument("output", type=Path, help="the folder to write")
    parser.add_argument("--input", type=Path, default=Path("samples/articles.jsonl"))
    parser.add_argument("--scorer", default="deep", choices=["deep", "auto", "fast"])
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--tasks", type=int, default=8, help="files are dealt out to so many")
    args = parser.parse_args()

    folder, files = args.input, None
    if folder.is_file():
        folder, files = folder.parent, folder.name
    pipeline = [
        JsonlReader(str(folder), glob_pattern=files),
        RepairStep(Setup(scorer=args.scorer)),
        # What was found stands under "spinfix", what could not be read there, too.
        JsonlWriter(str(args.output), expand_metadata=True),
    ]
    logs = str(args.output.with_name(args.output.name + "-logs"))  # run again, it goes on there
    LocalPipelineExecutor(pipeline, args.tasks, args.workers, logging_dir=logs).run()


if __name__ == "__main__":
    main()
