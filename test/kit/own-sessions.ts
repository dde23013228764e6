import { groupsAt, serverUrl } from './servers.ts'

export { familyOf, type ServerName, type TestDatabase } from './servers.ts'

/** As those of `servers.ts`, for tests about sessions themselves: each is the server's, and new. */
export const { createDatabaseOn, describeOn, describeOnEach, describeOnDialects } = groupsAt(serverUrl)
