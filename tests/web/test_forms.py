"""The markup that ties a field to its label, hint and error."""

from security_center.foundation.web.styleguide import SampleForm


def test_a_field_is_tied_to_its_hint_and_its_error() -> None:
    form = SampleForm({"name": ""})
    group = form["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in group
    assert 'id="id_name_helptext"' in group
    assert 'id="id_name_error"' in group
    assert 'aria-invalid="true"' in group
    assert 'class="usa-input usa-input--error"' in group
    assert '<label class="usa-label" for="id_name">' in group


def test_choices_are_a_fieldset_with_a_legend() -> None:
    group = SampleForm({})["danger_now"].as_field_group()
    assert "<fieldset" in group
    assert "<legend" in group
    assert 'aria-describedby="id_danger_now_error"' in group
    assert group.count('type="radio"') == 3
    assert '<label class="usa-radio__label" for="id_danger_now_0">' in group


def test_what_is_typed_is_escaped_and_kept() -> None:
    group = SampleForm({"what_happened": "<b>he said</b>", "name": ""})["what_happened"].as_field_group()
    assert "&lt;b&gt;he said&lt;/b&gt;</textarea>" in group


def test_optional_fields_say_so_unless_the_form_does_not_want_it() -> None:
    assert "(optional)" in SampleForm()["email"].as_field_group()

    class Quiet(SampleForm):
        mark_optional = False

    assert "(optional)" not in Quiet()["email"].as_field_group()


def test_an_error_leads_to_the_first_choice_of_a_group() -> None:
    form = SampleForm({})
    assert form["danger_now"].focus_id == "id_danger_now_0"
    assert form["name"].focus_id == "id_name"


def test_the_whole_form_shows_errors_that_belong_to_no_field() -> None:
    form = SampleForm({})
    form.add_error(None, "These two do not fit together.")
    page = str(form)
    assert page.index("These two do not fit together.") < page.index("usa-label")
    assert 'role="alert"' in page
