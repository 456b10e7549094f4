/** The colours of the page: what the reader chose, kept in the browser; else what the system says. */
export type ThemeName = "light" | "dark";

const key = "segue-theme";

class Theme {
  #name = $state<ThemeName>(
    stored() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
  );

  constructor() {
    this.#show(this.#name);
    // Another tab turned it.
    addEventListener("storage", (event) => {
      if (event.key === key) this.#show(stored() ?? this.#name);
    });
  }

  /** The page has its colours by the time that whatever depends on this is told. */
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
      // A browser that keeps nothing asks again next time.
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
