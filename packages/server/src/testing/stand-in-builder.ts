/** A builder that does nothing, for tests of the supervisor. */
import { type ToProcess, tellSupervisor } from '../process/messages.ts';

process.on('message', (message: ToProcess) => {
  if (message.kind === 'start') {
    if (message.settings.socketPath === 'fail')
      tellSupervisor({ kind: 'failed', message: 'cannot build today' });
    else tellSupervisor({ kind: 'started', port: 0, sharesPort: true });
  }
  if (message.kind === 'look') {
    const fine = { behindMs: 0, setAsideIndexCount: 0, setAsideDocumentsCount: 0, failedOperationCount: 0 };
    tellSupervisor({ kind: 'sight', sight: { ...fine, cluster: null } });
  }
  if (message.kind === 'drain') process.disconnect();
  if (message.kind === 'collect') tellSupervisor({ kind: 'metrics', id: message.id, snapshot: [] });
});
tellSupervisor({ kind: 'loaded' });
