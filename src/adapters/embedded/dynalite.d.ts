declare module 'dynalite' {
  import type { Server } from 'node:http';

  type Options = {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly updateTableMs?: number;
    readonly deleteTableMs?: number;
  };

  const dynalite: (options?: Options) => Server;
  export default dynalite;
}
