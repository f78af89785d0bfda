"""Who only names a market, a policy or a plan loads neither NumPy nor a solver."""

import subprocess
import sys


def test_types_and_faults_need_no_solver() -> None:
    light = "market policy templates plan checking pairwise diaries lines pinned"
    imports = "; ".join(f"import app.matching.{name}" for name in light.split())
    heavy = "sorted({'numba', 'numpy', 'ortools', 'scipy'} & set(sys.modules))"

    said = subprocess.run(
        [sys.executable, "-c", f"import sys; {imports}; print({heavy})"], check=True, capture_output=True, text=True
    )

    assert said.stdout == "[]\n"
