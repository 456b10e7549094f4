/** The part of WebAssembly's JavaScript interface that is used here; @types/node has it only from Node 22's on. */
declare namespace WebAssembly {
  class Module {
    private readonly brand: "module";
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
