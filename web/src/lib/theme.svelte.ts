/** The colours of the page: what the reader chose, kept in the browser; else what the system says. */
export type ThemeName = "light" | "dark";

const key = "segue-theme";

class Theme {
  name = $state<ThemeName>(
    stored() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"),
  );

  turn() {
    this.name = this.name === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(key, this.name);
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
