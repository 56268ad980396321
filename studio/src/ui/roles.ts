import type { Role } from '../api/contract';

export const ROLES: Record<Role, string> = {
  owner: 'Answers for everything; can delete the workspace.',
  admin: 'Manages people and keys.',
  developer: 'Builds agents and what they know.',
  operator: 'Works with running conversations.',
  analyst: 'Reads.',
};
