//! The settings pane: values of the form, one step at a time or from a list.

use super::super::{Choice, Field, Item, MAX_COUNT, PickKind, State};
use super::warn;

/// The list of a field's values.
pub(super) const fn list_of(field: Field) -> PickKind {
    match field {
        Field::Model => PickKind::Model,
        Field::Ratio => PickKind::Ratio,
        Field::Format => PickKind::Format,
        Field::Count => PickKind::Count,
    }
}

/// All values of a field, and which one the form holds.
pub(super) fn values(state: &State, field: Field) -> (Vec<Item>, Option<usize>) {
    let form = &state.form;
    let catalog = &state.catalog;
    let item = |label: String, detail: String, choice| Item {
        label,
        name: "",
        detail,
        choice,
    };
    let items: Vec<Item> = match field {
        Field::Model => {
            let known = catalog.models.iter().map(|m| {
                let tier = m.tier.map(|t| format!("{t}  ")).unwrap_or_default();
                let formats: Vec<_> = m.formats.iter().map(|f| f.as_str()).collect();
                let price = catalog
                    .price(&m.name)
                    .map(|p| format!("  {}", p.0))
                    .unwrap_or_default();
                let detail = format!("{tier}{}{price}", formats.join(" "));
                item(m.name.clone(), detail, Choice::Model(m.name.clone()))
            });
            let named = state.models.iter().filter(|m| catalog.model(m).is_none());
            let named = named.map(|m| {
                item(
                    m.clone(),
                    "of the endpoint".to_owned(),
                    Choice::Model(m.clone()),
                )
            });
            let is_listed =
                catalog.model(&form.model).is_some() || state.models.contains(&form.model);
            // The present one stands in its own list, whoever knows it; Enter must not change it.
            let present = (!is_listed).then(|| {
                let detail = "not in the catalog".to_owned();
                item(
                    form.model.clone(),
                    detail,
                    Choice::Model(form.model.clone()),
                )
            });
            present.into_iter().chain(known).chain(named).collect()
        }
        Field::Ratio => catalog
            .ratios
            .iter()
            .map(|(ratio, _)| {
                let size = catalog.pixels(&form.model, *ratio);
                let size = size.map(|s| s.to_string()).unwrap_or_default();
                item(ratio.to_string(), size, Choice::Ratio(*ratio))
            })
            .collect(),
        Field::Format => catalog
            .formats
            .iter()
            .map(|f| {
                let listed = catalog
                    .model(&form.model)
                    .is_none_or(|m| m.formats.contains(f));
                let detail = if listed {
                    ""
                } else {
                    "not listed for this model"
                };
                item(f.to_string(), detail.to_owned(), Choice::Format(*f))
            })
            .collect(),
        Field::Count => (1..=MAX_COUNT)
            .map(|n| item(n.to_string(), String::new(), Choice::Count(n)))
            .collect(),
    };
    let value = form.value(field);
    let at = items.iter().position(|i| i.label == value);
    (items, at)
}

/// Takes the value `by` places further, round and round.
pub(super) fn step(state: &mut State, by: isize) {
    let (items, at) = values(state, state.field);
    let Ok(len) = isize::try_from(items.len()) else {
        return;
    };
    if len == 0 {
        return;
    }
    let to = at.map_or(0, |at| (at as isize + by).rem_euclid(len) as usize);
    take(state, items[to].choice.clone());
}

/// Puts a value into the form, and says what the user should know about it.
pub(super) fn take(state: &mut State, choice: Choice) {
    let form = &mut state.form;
    match choice {
        Choice::Model(model) => form.model = model,
        Choice::Ratio(ratio) => {
            form.ratio = ratio;
            return;
        }
        Choice::Format(format) => form.format = format,
        Choice::Count(count) => {
            form.count = count.clamp(1, MAX_COUNT);
            return;
        }
        Choice::Act(_) | Choice::Prompt(_) | Choice::Reference(_) => return,
    }
    for warning in state.catalog.warnings(&state.form.model, state.form.format) {
        warn(
            state,
            warning.as_str(),
            "the answer may differ from what is asked",
        );
    }
}
