// Frames that a page of the notebook gets to show its fields.
const FRAMES = 10;

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** The field's element on the form in front, when it can be seen. */
function visibleField(name) {
    const fields = document.querySelectorAll(`.o_form_view .o_field_widget[name="${name}"]`);
    return [...fields].find((field) => field.getClientRects().length);
}

async function appears(name, frames) {
    for (let frame = 0; frame < frames; frame++) {
        const field = visibleField(name);
        if (field) {
            return field;
        }
        await nextFrame();
    }
    return visibleField(name);
}

/**
 * Bring a field of the form in front into view and put the cursor in it; where it is on another page
 * of the notebook, that page is opened. Chorus Pro's own page is tried first. Nothing happens when
 * the form does not show the field.
 */
export async function showField(name) {
    let field = await appears(name, 2);
    const current = document.querySelector(".o_form_view .o_notebook .nav-link.active");
    const tabs = [...document.querySelectorAll(".o_form_view .o_notebook .nav-link")];
    tabs.sort((a, b) => (b.name === "chorus_pro") - (a.name === "chorus_pro"));
    for (const tab of tabs) {
        if (field) {
            break;
        }
        tab.click();
        field = await appears(name, FRAMES);
    }
    if (!field) {
        current?.click();
        return;
    }
    field.scrollIntoView({ block: "center" });
    field.querySelector("input, textarea, select, [contenteditable='true']")?.focus();
}
