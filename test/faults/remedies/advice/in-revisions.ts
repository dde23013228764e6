import { mysqlRevisions } from './mysql-revisions.ts'
import { otherRevisions } from './other-revisions.ts'
import { serverRevisions } from './server-revisions.ts'

export const inRevisions = { ...mysqlRevisions, ...otherRevisions, ...serverRevisions }
