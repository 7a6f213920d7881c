/* The page works without this script: it only hides questions that do not apply,
   prevents a double click and tells that somebody began to answer. */
(() => {
    "use strict";
    const form = document.querySelector("form[method=post]");
    if (!form) {
        return;
    }

    const conditional = [...form.querySelectorAll("[data-triggers]")];
    const applyConditions = () => {
        for (const question of conditional) {
            const triggers = question.dataset.triggers.split(",");
            const chosen = [...form.querySelectorAll("fieldset:not([hidden]) input:checked")];
            question.hidden = !chosen.some((input) => triggers.includes(input.value));
        }
    };
    form.addEventListener("change", applyConditions);
    applyConditions();

    const tell = (step) => {
        if (!form.dataset.seen || !navigator.sendBeacon) {
            return;
        }
        const data = new FormData();
        data.append("csrf_token", form.elements.csrf_token.value);
        data.append("step", step);
        navigator.sendBeacon(form.dataset.seen, data);
    };
    setTimeout(() => document.visibilityState === "visible" && tell("opened"), 2000);
    form.addEventListener("input", () => tell("started"), { once: true });

    form.addEventListener("submit", () => {
        const button = form.querySelector("button.send");
        setTimeout(() => button && button.setAttribute("disabled", "disabled"));
    });
    window.addEventListener("pageshow", () => {
        form.querySelector("button.send")?.removeAttribute("disabled");
    });

    const wrong = form.querySelector(".wrong");
    if (wrong) {
        wrong.scrollIntoView({ block: "center" });
        wrong.querySelector("input, textarea")?.focus({ preventScroll: true });
    }
})();
