/** Which cluster of etcd a client talks to: that of the first answer. */
export class ClusterIdentity {
  #id: string | undefined;

  admits(id: string): boolean {
    this.#id ??= id;
    return this.#id === id;
  }
}
