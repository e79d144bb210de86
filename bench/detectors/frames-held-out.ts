// Surroundings of the half that is measured: after lines of public repositories and of services that the detectors were
// never tried on. Who improves the detectors leaves them alone. `{v}` and the others as in frames.ts.
import type { Frames } from './frames.ts'

const words = (list: string): string[] => list.split('|').map((text) => text.trim())

const any = [
  '{v}',
  'User created: {v}',
  'user import failed: column {v}',
  'userPk - {v}',
  '[MessagingAgent] handled {v}: SID=ok',
  'Successfully processed {v} in queue outbox',
  '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"lookup","arguments":{"q":"{j}"}}}',
  '{"role":"user","content":"please look up {j} for me"}',
  "{'role': 'assistant', 'content': 'I found {v} in the list.'}",
  'Document(page_content="see {v}", metadata={"page": 3})',
  'ToolMessage(content="{v}", tool_call_id="call_1")',
  "pydantic_core.ValidationError: 1 validation error for Order\nid\n  Input should be valid [type=int_parsing, input_value='{v}', input_type=str]",
  'Bad Request: {v} (code 400)',
  'javax.validation.ConstraintViolationException: create.arg0.value: must match "[a-z]+" but was {v}',
  'expected: <null> but was: <{v}>',
  'AssertionError: assert "{v}" == ""',
  '  Expected: ""\n  Received: "{v}"',
  'ActionController::BadRequest (invalid value: {v}):',
  'Parameters: {"q"=>"{v}", "commit"=>"Go"}',
  '#<struct Row value="{v}">',
  'Processing by ItemsController#show as HTML ({v})',
  'array(2) { ["v"]=> string(9) "{v}" }',
  'Item(id=3, value={v}, note=null)',
  'item := {Value:{v} Count:3}',
  'map[count:3 value:{v}]',
  'Some("{v}")',
  'Optional("{v}")',
  'E/Sync: skipped {v}',
  'warn: Shop.Worker[0] Skipping {v}',
  '[12:30:45 INF] Skipping {v} <s:Shop.Worker>',
  '12:30:45.123 [main] WARN  c.s.Worker - Skipping {v}',
  'WARNING:app:skipping {v} [in /srv/app/main.py:42]',
  '*** ERROR *** {v} ***',
  'key={v};other=1',
  '?q={u}',
  'https://shop.example/cart?x=1&ref={u}&utm_source=mail',
  'https://shop.example/u/{u}/edit',
  '"GET /lookup/{u} HTTP/1.1" 404 -',
  'redirecting to /welcome?next=%2Fu%2F&who={u}',
  'curl https://api.example.com/v1/x -d \'{"q":"{v}"}\'',
  'wget -q "https://api.example.com/x?q={u}"',
  '<a href="/find?q={u}">find</a>',
  '<p>Dear customer, {v} is not known to us.</p>',
  '<field name="v"><![CDATA[{v}]]></field>',
  '> {v}\nI do not know that one.',
  '1. {v}\n2. none',
  '* {v};',
  '\u201c{v}\u201d she said',
  '\u2018{v}\u2019',
  '\u00bf{v}?',
  '\u00a1{v}!',
  'Moin, {v} passt leider nicht, Gru\u00df',
  'Bonjour, je cherche {v} depuis hier',
  'Oi! Pode ver {v} pra mim? Valeu',
  'Hola, tengo un problema con {v}, gracias',
  'Ciao, ho perso {v} ieri',
  'Hej, jag hittar inte {v} l\u00e4ngre',
  'Merhaba, {v} bulunamad\u0131',
  '\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435, {v} \u043d\u0435 \u043d\u0430\u0439\u0434\u0435\u043d',
  '{v}\u304c\u898b\u3064\u304b\u308a\u307e\u305b\u3093\u3067\u3057\u305f',
  '\u60a8\u597d\uff0c{v}\u627e\u4e0d\u5230\u4e86',
  '{v}\uc744(\ub97c) \ucc3e\uc744 \uc218 \uc5c6\uc2b5\ub2c8\ub2e4',
  '\u0645\u0631\u062d\u0628\u0627 {v} \u063a\u064a\u0631 \u0645\u0648\u062c\u0648\u062f',
]

const phone = words(
  `Sent SMS to mobile {v}|sent sms to: {v}, description: none|my mobile is {v}|reach me on {v} after six|Call me at {v}.|
  Reach us by phone at {v}|Contact phone: {v}|phoneNumber: '{v}',|"phoneNumber":"{j}"|phone_number="{v}"|"msisdn":"{j}"|"mobile": "{j}"|
  Digite o número de telefone com DDD: {v}|Número de telefone: {v}|O telefone {v} não é válido|whatsapp do cliente: {v}|celular: {v}|
  Bitte um Rückruf unter Telefon {v}.|Handynummer: {v}|Tel: {v}|Tel {v}, Fax folgt|Tél. {v}|téléphone portable {v}|teléfono móvil: {v}|
  numero di cellulare: {v}|telefoonnummer {v}|tel.nr. {v}|номер телефона: {v}|мой телефон {v}|電話番号は{v}です|携帯：{v}|手机号码：{v}|电话是{v}|
  휴대폰 번호: {v}|رقم هاتفي {v}|phone {v} already registered|duplicate phone: {v}|ERROR: relation phone {v}|E.164 phone {v} rejected|
  WhatsApp number {v} is not on WhatsApp|Twilio: The 'To' phone number {v} is not valid|BadRequestException: Invalid phone number: {v}|
  user.phone={v}|<phone>{v}</phone>|tel:{u}|?phone={u}|POST /sms?phone={u} 200`,
)
const card = words(
  `Use card {v} to simulate|card {v} declined|cardNumber={v}|"card_number":"{j}"|<cardNumber>{v}</cardNumber>|Card details, card number {v} and name|
  cartão de crédito: {v}|número do cartão {v}|numéro de carte {v}|Kreditkartennummer {v}|tarjeta número {v}|card: {v}|debit card number {v}`,
)
const cnpj = words(`CNPJ {v} inválido|cnpj: {v}|"cnpj": "{j}"|empresa CNPJ={v}|<CNPJ>{v}</CNPJ>|CNPJ do emitente: {v}`)
const ssn = words(
  `SSN: {v}|"ssn":"{j}"|ssn={v}|My social security number is {v}.|<ssn>{v}</ssn>|applicant SSN {v} verified|social security no. {v}`,
)
const password = words(
  `DB_PASSWORD: {v}|stringData: {password: "{v}"}|password = {v}|"password":"{j}","remember":true|login(user="x", password="{v}")|
  Digite a senha: {v}|senha="{v}"|Kennwort: {v}|MYSQL_ROOT_PASSWORD={v}|POSTGRES_PASSWORD="{v}"|spring.datasource.password={v}|
  <property name="password" value="x"/><password>{v}</password>|redis-cli --pass x --password {v}|sudo password: {v}|'password': b'{v}'|
  passwd: {v}|smtp_password={v}`,
)
const secret = words(
  `ACCESS_TOKEN={v}|MERCADO_PAGO_ACCESS_TOKEN={v}|access_token='{v}',|"accessToken":"{j}"|"refreshToken": "{j}"|https://api.example.com/items?access_token={u}|
  /callback?access_token={u}&format=json|routeTemplate /workout#access_token={u}|Authorization: Bearer {v}|{'Authorization': 'Bearer {v}'}|
  "authorization":["Bearer {j}"]|-H "Authorization: Bearer {v}"|-H 'X-API-Key: {v}'|x-goog-api-key: {v}|api-key: {v}|apikey={v}|apiKey={v},|
  "api_key": "{j}",|OPENAI_API_KEY="{v}"|os.environ['SECRET_KEY'] = '{v}'|SECRET_KEY = "{v}"|client_secret={v}&grant_type=x|clientSecret: {v}|
  secret: "{v}"|JWT_SECRET={v}|NEXTAUTH_SECRET={v}|token: "{v}"|"token":"{j}"|webhookSecret: '{v}'|
  aws_secret_access_key={v}|AWS_SESSION_TOKEN={v}|x-amz-security-token: {v}|csrf_token={v}|set-cookie: session={v}; Secure|private_token={v}`,
)
const mac = words(`MAC: {v}|mac_address="{v}"|"mac":"{j}"|device mac {v} joined|mac={v}&x=1`)

export const heldOutFrames: Frames = { any, phone, card, cnpj, ssn, password, secret, mac }
