/** What each collection asks of its documents; those of users all ask the same. */
import { accessProviderRules, credentialsRules, keyRules, roleRules, tokenRules } from '../access/rules.ts';
import { nativeById } from '../schema/stored-names.ts';
import type { CollectionId } from '../store/document-store.ts';
import type { NativeRules } from './native-rules.ts';
import { collectionRules } from './rules/collection-rules.ts';
import { databaseRules } from './rules/database-rules.ts';
import { functionRules } from './rules/function-rules.ts';
import { indexRules } from './rules/index-rules.ts';
import { userDocumentRules } from './rules/user-document-rules.ts';

export function rulesOf(collection: CollectionId): NativeRules {
  switch (nativeById(collection)) {
    case 'databases':
      return databaseRules;
    case 'collections':
      return collectionRules;
    case 'indexes':
      return indexRules;
    case 'functions':
      return functionRules;
    case 'roles':
      return roleRules;
    case 'access_providers':
      return accessProviderRules;
    case 'keys':
      return keyRules;
    case 'tokens':
      return tokenRules;
    case 'credentials':
      return credentialsRules;
    case undefined:
      return userDocumentRules;
  }
}
