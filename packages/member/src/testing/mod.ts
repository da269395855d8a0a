/** Parts of the builder that tests of whole servers put faults into; nothing here is for programs. */

export { PeerClient } from '../cluster/peer-client.ts';
export { PeerServer } from '../cluster/peer-server.ts';
export { DocumentsApplier } from '../documents/documents-applier.ts';
export { RecentOperations } from '../recent-operations.ts';
