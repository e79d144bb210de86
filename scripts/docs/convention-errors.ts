// The codes of rulesets that are about `conventions:`.
import type { ErrorExample } from './error-example.ts'

const head = `version: 1
name: mine
extends: [builtin:automagik]
`

export const conventionErrors: readonly ErrorExample[] = [
  {
    name: 'service-twice',
    yaml: `${head}conventions:
  services:
    shop: [shop-web, automagik-omni]
`,
    mend: 'A service is in one group.',
  },
  {
    name: 'alias-twice',
    yaml: `${head}conventions:
  events:
    shop.order.placed: { aliases: [api_request] }
`,
    mend: 'An old event name stands for one event.',
  },
  {
    name: 'rename-self',
    yaml: `${head}conventions:
  rename: { customer: customer }
`,
    mend: 'Take it out.',
  },
  {
    name: 'rename-swap',
    yaml: `${head}conventions:
  rename: { from_id: to_id, to_id: from_id }
`,
    mend: 'Rename one of the two only.',
  },
  {
    name: 'rename-chain',
    yaml: `${head}conventions:
  rename: { cust: customer_no, customer_no: customer.number }
`,
    mend: 'Write the last name in each, as the help says.',
  },
  {
    name: 'value-chain',
    yaml: `${head}conventions:
  values: { deployment.environment.name: { prd: prod, prod: production } }
`,
    mend: 'Write the last word in each, as the help says.',
  },
  {
    name: 'read-name',
    yaml: `${head}conventions:
  values: { service.name: { shop-prod: shop } }
`,
    mend: 'Take it out. Services of several names are one for rules as a group: `conventions: {services: {shop: [shop, shop-prod]}}`.',
  },
  {
    name: 'old-name',
    yaml: `${head}conventions:
  coerce: { input_tokens: int }
`,
    mend: 'A warning: the ruleset loads, and the entry does nothing. Write the canonical name.',
  },
]
