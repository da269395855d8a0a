/** What a role can allow: the actions of a privilege, and how many parameters their predicates take. */
export const ROLE_ACTIONS = {
  read: [1],
  write: [2, 3],
  create: [1],
  create_with_id: [2, 1],
  delete: [1],
  history_read: [1],
  history_write: [4],
  unrestricted_read: [1],
  call: [1],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type RoleAction = keyof typeof ROLE_ACTIONS;

export const BUILTIN_ROLES = ['admin', 'server', 'server-readonly', 'client'] as const;
