import { pairsOn } from './draw/on-server.ts'

pairsOn('postgres-next', 'PostgreSQL, next')
