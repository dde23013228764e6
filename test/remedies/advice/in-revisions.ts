import { mysqlRevisions } from './mysql-revisions.ts'
import { otherRevisions } from './other-revisions.ts'

export const inRevisions = { ...mysqlRevisions, ...otherRevisions }
