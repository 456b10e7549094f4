/** The colour theme: the reader's choice, kept in the browser, or the system's. */
export type ThemeName = "light" | "dark";

const key = "segue-theme";

class Theme {
  #name = $state<ThemeName>(
    stored() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
  );

  constructor() {
    this.#show(this.#name);
    // Changed in another tab.
    addEventListener("storage", (event) => {
      if (event.key === key) this.#show(stored() ?? this.#name);
    });
  }

  /** When this changes, the page already has the new colours. */
  get name(): ThemeName {
    return this.#name;
  }

  #show(name: ThemeName) {
    document.documentElement.dataset.theme = name;
    this.#name = name;
  }

  turn() {
    const name = this.#name === "dark" ? "light" : "dark";
    this.#show(name);
    try {
      localStorage.setItem(key, name);
    } catch {
      // Without storage, the choice lasts until the page is reloaded.
    }
  }
}

function stored(): ThemeName | undefined {
  try {
    const name = localStorage.getItem(key);
    return name === "light" || name === "dark" ? name : undefined;
  } catch {
    return undefined;
  }
}

export const theme = new Theme();
