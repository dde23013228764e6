import { pairsOn } from './draw/on-server.ts'

pairsOn('postgres', 'PostgreSQL')
