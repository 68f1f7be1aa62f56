# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""What is overridden in Odoo is there, and is called as ours is; what is changed in Odoo's views
stands there once."""

import inspect
import re
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged
from odoo.tools import template_inheritance

from ..common.access import OURS
from ..common.chorus_pro import ChorusProCommon

# Of Python and of the ORM's own machinery.
NOT_OVERRIDES = re.compile("__.*__")


@tagged("post_install_l10n", "post_install", "-at_install")
class TestOverrides(ChorusProCommon):
    def _overrides(self):
        """(model, name, our function, the one that it calls by ``super()`` or None)."""
        for name, model in self.env.registry.items():
            mro = model.mro()
            for place, definition in enumerate(mro):
                if not definition.__module__.startswith(OURS):
                    continue
                for attribute, ours in vars(definition).items():
                    if NOT_OVERRIDES.fullmatch(attribute) or not inspect.isfunction(ours):
                        continue
                    theirs = [
                        vars(each)[attribute]
                        for each in mro[place + 1:]
                        if attribute in vars(each) and not each.__module__.startswith(OURS)
                    ]
                    yield name, attribute, ours, theirs[0] if theirs else None

    def test_each_view_opens_in_each_language(self):
        views = self.env["ir.ui.view"].browse(
            self.env["ir.model.data"]
            .search([("model", "=", "ir.ui.view"), ("module", "=like", "l10n_fr_chorus_pro%")])
            .mapped("res_id")
        )
        roots = self.env["ir.ui.view"]
        for view in views.filtered(lambda view: view.type != "qweb"):
            while view.inherit_id:
                view = view.inherit_id
            roots |= view
        self.assertGreater(len(roots), 30)
        for lang in ("fr_FR", "en_US"):
            for view in roots:
                with self.subTest(view=view.xml_id, lang=lang):
                    model = self.env[view.model].with_context(lang=lang)
                    self.assertTrue(model.get_view(view.id, view.type)["arch"])

    def test_signature_of_each_override_is_that_of_odoo(self):
        seen = set()
        for model, name, ours, theirs in self._overrides():
            if theirs is None or not inspect.isfunction(theirs):
                continue
            seen.add(name)
            with self.subTest(model=model, method=name):
                self.assertEqual(self._parameters(ours), self._parameters(theirs))
        self.assertLess({"_post", "_get_alerts", "session_info", "set_values"}, seen)

    def _parameters(self, function):
        return [
            (each.name, each.kind, each.default)
            for each in inspect.signature(function).parameters.values()
        ]

    def test_no_override_is_dead(self):
        """A hook that Odoo has renamed is called by nobody, and nobody notices."""
        of_ours = {
            (model, name)
            for model, definition in self.env.registry.items()
            for each in definition.mro()
            if each.__module__.startswith(OURS)
            for name in vars(each)
            if f"super().{name}(" not in self._source(vars(each)[name])
        }
        seen = 0
        for model, name, ours, theirs in self._overrides():
            if f"super().{name}(" in self._source(ours):
                seen += 1
                with self.subTest(model=model, method=name):
                    self.assertTrue(theirs or (model, name) in of_ours)
        self.assertGreater(seen, 30)

    def _source(self, function):
        return inspect.getsource(function) if inspect.isfunction(function) else ""


@tagged("post_install_l10n", "post_install", "-at_install")
class TestViews(ChorusProCommon):
    def test_each_place_in_a_view_of_odoo_is_found_once(self):
        views = self.env["ir.ui.view"].search(
            [("inherit_id", "!=", False), ("mode", "=", "extension")]
        )
        ours = views.filtered(lambda view: view.xml_id.startswith("l10n_fr_chorus_pro"))
        self.assertTrue(ours)
        locate, found, applied = template_inheritance.locate_node, {}, []
        model = self.env.registry["ir.ui.view"]
        apply = model.apply_inheritance_specs

        def note(view, *arguments, **options):
            applied.append(view.id)
            return apply(view, *arguments, **options)

        def count(arch, spec):
            place = applied[-1], self._key(spec)
            found.setdefault(place, set()).add(len(self._matches(arch, spec)))
            return locate(arch, spec)

        with (
            patch.object(model, "apply_inheritance_specs", note),
            patch.object(template_inheritance, "locate_node", count),
        ):
            for view in ours:
                root = view
                while root.inherit_id and root.mode == "extension":
                    root = root.inherit_id
                root.get_combined_arch()
        seen = 0
        for view in ours:
            for spec in self._specs(etree.fromstring(view.arch_db)):
                seen += 1
                with self.subTest(view=view.xml_id, spec=self._key(spec)):
                    self.assertEqual(found[view.id, self._key(spec)], {1})
        self.assertGreater(seen, 20)

    def _specs(self, arch):
        """The places that a view names, without those inside what it moves."""
        nodes = arch if arch.tag == "data" else [arch]
        return [node for node in nodes if isinstance(node.tag, str)]

    def _key(self, spec):
        names = {name: value for name, value in spec.attrib.items() if name != "position"}
        return spec.tag, tuple(sorted(names.items()))

    def _matches(self, arch, spec):
        if spec.tag == "xpath":
            return etree.ETXPath(spec.get("expr"))(arch)
        wanted = {name: value for name, value in spec.attrib.items() if name != "position"}
        return [
            node for node in arch.iter(spec.tag)
            if all(node.get(name) == value for name, value in wanted.items())
        ]
