# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What the reports of foreign validators come down to."""


def verdict(reports, reason):
    """(lines to print, whether all is well) of {validator: what its program prints}.

    A line `validator: documents=… en16931=… reform=… skipped=…` for each, with the rules of EN
    16931 that are broken below it; then each remark by the rules of the French reform, once, with
    the reason why it does not concern a direct deposit. All is well when no rule of EN 16931 is
    broken, each remark has a reason, and something was looked at.

    :param reason: function that gives the reason of a rule, or ""
    """
    lines, remarks, is_well = [], {}, True
    for name, report in reports.items():
        reform = {rule: where for rule, where in report["found"].items() if _is_reform(rule)}
        errors = {rule: where for rule, where in report["found"].items() if rule not in reform}
        lines.append(
            f"{name}: documents={report['documents']} en16931={sum(map(len, errors.values()))} "
            f"reform={len(reform)} skipped={','.join(report['skipped']) or 'none'}")
        lines += [f"  {rule}: {len(where)} documents, such as {where[0]}"
                  for rule, where in sorted(errors.items())]
        remarks |= reform
        is_well = is_well and not errors and report["documents"] > 0
    for rule, where in sorted(remarks.items()):
        lines.append(f"{rule}: {len(where)} documents; {reason(rule) or 'NO REASON IS KNOWN'}")
    return lines, is_well and all(map(reason, remarks))


def _is_reform(rule):
    return rule.startswith("BR-FR")
