/** The part of WebAssembly's JavaScript API that Segue uses; TypeScript declares it only in the DOM library. */
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
    /** An ArrayBuffer if the memory is not shared; Segue uses both alike. */
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  }
}
