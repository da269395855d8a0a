export { parseMemberList } from '../cluster/member-list.ts';
export { CertificatesError, type MadeCertificates, makeCertificates } from './make-certificates.ts';
