/** The part of WebAssembly's JavaScript interface that Segue uses; TypeScript has it in the DOM's types alone. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    /** Sizes are in pages of 64 KiB. */
    constructor(options: { initial: number; maximum: number; shared: boolean });
    /** Plain where the memory is not shared; both read and write alike. */
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
}
