/** The application of this server: found in the data folder, or made at the first start together with its keys. */
import { randomBytes, randomInt } from 'node:crypto';
import type { ApplicationState, KeyVault, Operation } from '@skein/member';
import { ADMIN_KEY_FIELDS, type ApiKey, type ApiKeyFields, isAdminKey } from '@skein/wire';
import { type Configuration, ConfigurationError } from './configuration.ts';
import { definitionOf } from './routes/key-handlers.ts';
import { apiKeyOf } from './routes/key-ring.ts';

export interface ApplicationSetup {
  readonly applicationId: string;
  readonly adminKey: string;
  readonly searchKey: string;
  /** What was made now rather than found or given: shown to the operator, this once. */
  readonly made: { readonly application: boolean; readonly adminKey: boolean; readonly searchKey: boolean };
}

const SEARCH_KEY_FIELDS: ApiKeyFields = {
  ...ADMIN_KEY_FIELDS,
  acl: ['search'],
  description: 'Search-only API key of the search page',
};

/** Which application this server is about. Throws `ConfigurationError` when that is not clear. */
export function chooseApplicationId(configured: string | undefined, existing: readonly string[]): string {
  if (configured !== undefined) return configured;
  const [only, ...others] = existing;
  if (only !== undefined && others.length > 0) {
    const list = [...existing].sort().join(', ');
    throw new ConfigurationError(
      `the data folder has several applications (${list}): choose one by SKEIN_APPLICATION_ID`,
    );
  }
  return only ?? makeApplicationId();
}

type ConfiguredKeys = Pick<Configuration, 'adminKey' | 'searchKey'>;

/** What is there already; undefined when something has to be made or changed first. */
export function presentSetup(
  configuration: ConfiguredKeys,
  state: ApplicationState | undefined,
): ApplicationSetup | undefined {
  if (state === undefined) return undefined;
  const { admins, pageKeys } = keysOf(state);
  const adminKey = configuration.adminKey ?? admins[0];
  const searchKey = configuration.searchKey ?? pageKeys[0];
  if (adminKey === undefined || admins.length !== 1 || admins[0] !== adminKey) return undefined;
  if (searchKey === undefined || !pageKeys.includes(searchKey)) return undefined;
  const made = { application: false, adminKey: false, searchKey: false };
  return { applicationId: state.id, adminKey, searchKey, made };
}

/**
 * Makes what is missing. An admin key that is configured replaces earlier ones, so that a key that leaked can be taken out of use by
 * configuring another. `propose` resolves when the operation is visible.
 */
export async function setUpApplication(options: {
  readonly applicationId: string;
  readonly configuration: ConfiguredKeys;
  readonly vault: KeyVault;
  readonly read: () => ApplicationState | undefined;
  readonly propose: (operation: Operation) => Promise<unknown>;
}): Promise<ApplicationSetup> {
  const { applicationId, configuration, vault, read, propose } = options;
  const before = read();
  if (before === undefined) await propose({ kind: 'createApplication' });
  const { admins, pageKeys } = keysOf(before);
  const seal = (value: string): string => vault.seal(applicationId, value);

  const knownAdmin = configuration.adminKey ?? admins[0];
  const adminKey = knownAdmin ?? makeKey();
  if (!admins.includes(adminKey)) {
    await propose({
      kind: 'saveKey',
      sealedKey: seal(adminKey),
      definition: definitionOf(ADMIN_KEY_FIELDS),
    });
  }
  for (const value of admins) {
    if (value !== adminKey) await propose({ kind: 'deleteKey', sealedKey: seal(value) });
  }

  const knownSearch = configuration.searchKey ?? pageKeys[0];
  const searchKey = knownSearch ?? makeKey();
  if (!pageKeys.includes(searchKey)) {
    await propose({
      kind: 'saveKey',
      sealedKey: seal(searchKey),
      definition: definitionOf(SEARCH_KEY_FIELDS),
    });
  }
  return {
    applicationId,
    adminKey,
    searchKey,
    made: {
      application: before === undefined,
      adminKey: knownAdmin === undefined,
      searchKey: knownSearch === undefined,
    },
  };
}

function keysOf(state: ApplicationState | undefined): {
  readonly admins: readonly string[];
  readonly pageKeys: readonly string[];
} {
  const keys = [...(state?.keys.values() ?? [])].map(apiKeyOf);
  const valuesOf = (matching: readonly ApiKey[]): string[] => matching.map(({ value }) => value);
  return { admins: valuesOf(keys.filter(isAdminKey)), pageKeys: valuesOf(keys.filter(isPageKey)) };
}

function isPageKey(key: ApiKey): boolean {
  return key.description === SEARCH_KEY_FIELDS.description && key.acl.length === 1 && key.acl[0] === 'search';
}

function makeKey(): string {
  return randomBytes(16).toString('hex');
}

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Ten capital letters and digits, as clients know application ids. */
function makeApplicationId(): string {
  return Array.from({ length: 10 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
}
