/** A server that runs inside this process, on loopback only. */
export type EmbeddedServer = {
  readonly url: string;
  close(): Promise<void>;
};

export type EmbeddedServerOptions = {
  /**
   * A folder of this server's own. Acknowledged data is in it, so that a killed process loses
   * nothing.
   */
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
};

export const LOOPBACK = '127.0.0.1';
