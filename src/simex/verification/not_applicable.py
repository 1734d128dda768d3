"""Tests of the guidelines that do not apply here, each with its reason: codes, title, reason."""

NOT_APPLICABLE: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("NIST 2.5", "ISO 18"),
        "Visibility in smoke",
        "Smoke is not modelled: speeds never depend on visibility.",
    ),
    (
        ("NIST 2.6", "ISO 19"),
        "Incapacitation by toxic gas",
        "Toxic gas is not modelled. The parallel here is the exposure clock, L6.",
    ),
    (
        ("NIST 2.7",),
        "Lift",
        "Lifts are out of use in an evacuation and in a lockdown; who cannot use stairs waits in a refuge.",
    ),
    (
        ("NIST 3.2", "ISO 15"),
        "Social influence on the choice of an exit",
        "Nobody follows others to an exit: people use the exit that they are given.",
    ),
    (("IMO 10",), "Cabins", "Ships are out of scope; the same question is asked by RiMEA 10."),
)
