/** Who asks over HTTP, in a process of its own: as a caller does, it shares nothing with the API but the machine. */
export interface ClientAnswer {
  readonly status: number;
  readonly body: string;
  /** from the question to the last byte */
  readonly wallMs: number;
}

process.on('message', (url: string) => {
  void (async () => {
    const began = performance.now();
    const response = await fetch(url);
    const body = await response.text();
    const wallMs = performance.now() - began;
    process.send!({ status: response.status, body, wallMs } satisfies ClientAnswer);
  })();
});
