"""The first migration of a room makes its tables at once (docs/decisions/0020)."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

AT_ONCE = (migrations.CreateModel, migrations.AddField, migrations.AddConstraint, migrations.AddIndex)


class FirstTables(migrations.Migration):
    """Tables made from the state at the migration's end, instead of drawing all models anew after each of
    them.

    With a hundred tables that all know a person, that took more time than everything else in a first start.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        """Returns `project_state`, carried on to the migration's end. Raises TypeError when an operation does
        more than make tables."""
        for operation in self.operations:
            if not isinstance(operation, AT_ONCE):
                raise TypeError(
                    f"{type(operation).__name__} in {self} does not make a table: write it into a "
                    "migration of its own."
                )
        without_drawn_models(project_state)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            if isinstance(operation, migrations.CreateModel):
                model = project_state.apps.get_model(self.app_label, operation.name)
                if operation.allow_migrate_model(schema_editor.connection.alias, model):
                    schema_editor.create_model(model)
        return project_state


def without_drawn_models(state: ProjectState) -> None:
    """From here on the state's models are drawn again when somebody asks for them."""
    state.__dict__.pop("apps", None)  # a cached property
