"""The example for Kubernetes can be read, and asks for what there is. It is run by nobody here."""

import re
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipeline import cluster
from pipeline.cli import app

yaml = pytest.importorskip("yaml", reason="khulasa[cluster] is not installed")


@pytest.fixture
def job() -> Any:
    text = (Path(cluster.__file__).parent / "kuberay.yaml").read_text("utf-8")
    return yaml.safe_load(text)


def test_it_is_a_job_of_kuberay(job: Any) -> None:
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    assert job["spec"]["shutdownAfterJobFinishes"] is True
    assert job["spec"]["rayClusterSpec"]["rayVersion"] == version("ray")


def test_its_command_has_options_that_there_are(job: Any) -> None:
    program, name, *arguments = shlex.split(job["spec"]["entrypoint"])
    assert program == "khulasa"
    command: Any = get_command(app)
    known = {opt for one in command.commands[name].params for opt in one.opts}
    asked = [one for one in arguments if one.startswith("--")]
    assert {"--runner", "--translators", "--summarizers", "--cache"} <= set(asked) <= known


def test_every_node_has_what_a_worker_needs(job: Any) -> None:
    spec = job["spec"]["rayClusterSpec"]
    groups = [spec["headGroupSpec"], *spec["workerGroupSpecs"]]
    assert [set(one) >= {"rayStartParams", "template"} for one in groups] == [True, True]
    for group in groups:
        pod = group["template"]["spec"]
        [container] = pod["containers"]
        names = {one["name"] for one in container["env"]}
        assert names == {"KHULASA_HOME", "HF_HOME", "HF_HUB_OFFLINE"}
        mounted = {one["name"] for one in container["volumeMounts"]}
        assert mounted == {one["name"] for one in pod["volumes"]}
        assert container["envFrom"][0]["secretRef"]["name"]
        assert re.fullmatch(r"\d+Gi", container["resources"]["requests"]["memory"])


def test_it_holds_no_password(job: Any) -> None:
    address = re.search(r"postgresql\+psycopg://(\S+?)@", job["spec"]["entrypoint"])
    assert address is not None
    assert ":" not in address[1]
