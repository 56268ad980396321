// The types of the contract, which the server writes.
export type * from '../../../contract/api';
