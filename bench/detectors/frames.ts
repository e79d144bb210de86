// Surroundings: sentences of many languages, URLs, JSON, Python, log lines. `{v}` is the value, `{u}` the value as it is
// written in a URL, `{j}` inside a JSON string, `{jj}` inside a JSON string inside a JSON string.
import type { FrameKind } from './sample.ts'

const sentences = [
  '{v}',
  'please get back to {v} as soon as you can',
  'We could not process {v}, please check it.',
  'Was {v} right? I am not sure!',
  'Wir haben {v} gestern leider nicht gefunden.',
  'Bitte prüfen Sie {v} noch heute; danke!',
  'Nous avons bien reçu « {v} » ce matin.',
  'Il faut corriger {v} avant la fin du mois.',
  'Non siamo riusciti a verificare {v}, riprovate più tardi.',
  'No pudimos comprobar {v}. Inténtelo de nuevo.',
  'El dato {v} aparece dos veces en la hoja.',
  'Não consegui localizar {v} no sistema, pode verificar?',
  'Segue o que você pediu: {v}',
  'We hebben {v} niet kunnen vinden.',
  'Nie znaleziono {v} w naszej bazie danych.',
  'Vi kunde tyvärr inte hitta {v} i registret.',
  'Не удалось проверить {v}, попробуйте позже.',
  'Дані {v} вже є у списку.',
  'Lütfen {v} bilgisini kontrol edin.',
  'Mohon periksa {v} sekali lagi.',
  'Xin kiểm tra lại {v} giúp tôi.',
  'ข้อมูล {v} ไม่ถูกต้อง',
  'कृपया {v} की जाँच करें।',
  'يرجى التحقق من {v} مرة أخرى.',
  'נא לבדוק את {v} שוב.',
  '{v}を確認してください。',
  'お客様の情報「{v}」が見つかりません。',
  '请核对{v}是否正确。',
  '{v} 정보를 확인해 주세요.',
  'Παρακαλώ ελέγξτε το {v} ξανά.',
]

const data = [
  '{"value":"{j}","ok":true}',
  '{"items":["a","{j}","b"],"n":3}',
  '{"payload":"{\\"value\\":\\"{jj}\\",\\"n\\":1}"}',
  '{"event": "user.updated", "data": {"before": null, "after": "{j}"}}',
  "{'value': '{v}', 'active': True, 'score': None}",
  "[{'x': 1}, {'y': '{v}'}]",
  'Row(value="{v}", count=3)',
  "OrderedDict([('value', '{v}'), ('n', 2)])",
  'User{value={v}, active=true}',
  'value={v} status=ok dur=12ms',
  'msg="updated {v}" level=info',
  'a,b,"{v}",3',
  'a;{v};3',
  'name\\t{v}\\t42',
  '<item>{v}</item>',
  '<input type="hidden" value="{v}"/>',
  '<td>{v}</td><td>3</td>',
  'value: {v}',
  '- {v}',
  "value: '{v}'",
  '| {v} | yes |',
  "SELECT * FROM t WHERE v = '{v}' LIMIT 1",
  "INSERT INTO t (a, b) VALUES ('{v}', 3)",
  'DETAIL:  Key (v)=({v}) already exists.',
  '`{v}`',
  '**{v}**',
  'data: {"v":"{j}"}\n\n',
  '  "v": "{j}",\n  "w": 1\n',
  'first\n{v}\nlast',
  'first\r\n\t{v}\r\nlast',
]

const logs = [
  '2025-01-15T10:30:00.123Z INFO [worker-3] handled {v} in 12ms',
  '2025-01-15 10:30:00,123 - app.users - WARNING - rejected {v}',
  'Jan 15 10:30:00 web-1 app[4242]: accepted {v}',
  '[2025-01-15 10:30:00] production.ERROR: Failed for {v} {"exception":"[object] (App\\\\Error(code: 0))"}',
  'ERROR:root:could not store {v}',
  "ValueError: invalid value '{v}'",
  "Error: cannot find '{v}' in list\n    at find (/srv/app/index.js:10:5)",
  'java.lang.IllegalArgumentException: bad value: {v}',
  'thread \'main\' panicked at src/main.rs:4:5: called `Result::unwrap()` on an `Err` value: "{v}"',
  'panic: unexpected "{v}" [recovered]',
  'time=2025-01-15T10:30:00Z level=warn msg="slow" arg={v}',
  'ts=1736937000.123 caller=main.go:42 v="{v}"',
  'E0115 10:30:00.123456    4242 main.cc:42] failed: {v}',
  'worker_1  | processed {v}',
  'DEBUG {v} -> ok (retry 2)',
  'x=1 ({v}) y=2',
  'x=1 [{v}] y=2',
  'x=<{v}>',
  'got {v}; want something else',
  'sent to {v}...',
  'echo {v} | tee out.txt',
  'run --value={v} --verbose',
  'run --value "{v}" --verbose',
  'X-Value: {v}',
]

const links = [
  'https://api.example.org/v1/items/{u}?limit=10',
  'https://api.example.org/search?q={u}&page=2',
  'GET /v1/items/{u} HTTP/1.1',
  'POST /hook?v={u} 200 12ms',
  '198.51.100.7 - - [15/Jan/2025:10:30:00 +0000] "GET /items?v={u} HTTP/1.1" 200 512',
  'curl -s "http://localhost:8080/items?v={u}"',
  'Referer: https://shop.example/p?x=1&v={u}#top',
  '/items/{u}',
]

const words = (list: string): string[] => list.split('|').map((text) => text.trim())

const phone = words(
  `phone: {v}|Phone number {v}|call me on {v} please|tel. {v}|Tel.: {v}|mobile {v} (evenings)|cell: {v}|fax {v}|{"phone":"{j}"}|
  {'phone_number': '{v}', 'n': 1}|{"customerPhone": "{j}", "ok": true}|phone={v}&x=1|"mobile_number":"{j}"|contact_phone: {v}|
  sms sent to mobile {v}|WhatsApp {v}|whatsapp: {v}|Meu telefone é {v}|telefone: {v}|Ligue para {v}|celular {v}|fone {v}|
  Teléfono: {v}|mi número de teléfono es {v}|móvil: {v}|llámame al teléfono {v}|Téléphone : {v}|mon numéro de téléphone est {v}|
  portable : {v}|Telefon: {v}|Meine Telefonnummer ist {v}|Handy {v}|Rufnummer: {v}|Telefono: {v}|cellulare {v}|il mio numero di telefono è {v}|
  Telefoonnummer: {v}|telefoon {v}|mobiel {v}|Telefon {v}|numer telefonu: {v}|Puhelin: {v}|puhelinnumero {v}|telefonnummer {v}|
  mobil: {v}|Mobilnummer {v}|Телефон: {v}|номер телефона {v}|тел. {v}|телефону {v}|Τηλέφωνο: {v}|telefon numarası: {v}|cep telefonu {v}|
  nomor telepon: {v}|số điện thoại: {v}|điện thoại {v}|โทรศัพท์ {v}|เบอร์โทร {v}|फ़ोन: {v}|फोन नंबर {v}|मोबाइल {v}|هاتف: {v}|رقم الهاتف {v}|
  טלפון: {v}|電話番号: {v}|電話：{v}|携帯電話 {v}|电话：{v}|手机号：{v}|联系电话 {v}|전화번호: {v}|휴대폰 {v}|telefonszám: {v}|telefon: {v} (hodiny)|
  telefonní číslo {v}|număr de telefon: {v}|GET /traces/phone/{u} HTTP/1.1|https://x.example/?phone={u}&a=1|
  2025-01-15T10:30:00Z INFO sms: phone={v} queued|Error: invalid phone number "{v}"`,
)
const card = words(
  `card {v} was declined|card number: {v}|credit card {v}|{"cardNumber":"{j}"}|{'card': '{v}'}|card_number={v}&x=1|pan={v}|PAN: {v}|
  cartão {v}|número do cartão: {v}|cartão de crédito {v}|tarjeta {v}|número de tarjeta {v}|carte bancaire {v}|Kreditkarte {v}|
  Kartennummer: {v}|carta di credito {v}|creditCard: {v}|cc {v}|"card_number": "{j}", "exp": "12/29"|debit card {v} expired|карта {v}|номер карты {v}`,
)
const cnpj = words(
  `CNPJ {v}|CNPJ: {v}|cnpj={v}|{"cnpj":"{j}"}|{'cnpj': '{v}'}|empresa de CNPJ {v} ativa|CNPJ nº {v}|cnpj do cliente: {v}|"companyCnpj": "{j}"`,
)
const ssn = words(
  `SSN {v}|ssn: {v}|ssn={v}|{"ssn":"{j}"}|{'ssn': '{v}'}|social security number {v}|Social Security: {v}|my ssn is {v} ok|"user_ssn": "{j}"|
  Social Security Number (SSN): {v}|taxpayer SSN # {v}`,
)
const password = words(
  `password={v}|password: {v}|{"password":"{j}"}|{'password': '{v}'}|"db_password": "{j}", "n": 1|DB_PASSWORD={v}|--password {v}|
  senha: {v}|senha={v}|{"senha":"{j}"}|contraseña: {v}|Passwort: {v}|password => "{v}"|passwd={v}|user=ana password={v}|passphrase: "{v}"|
  Error: login failed (password: "{v}")|PGPASSWORD={v} psql|"pwd": "{j}"|mysql --password="{v}"|password is {v}|A senha é: {v}`,
)
const secret = words(
  `password={v}|password: {v}|{"password":"{j}"}|{'password': '{v}'}|"db_password": "{j}", "n": 1|DB_PASSWORD={v}|export API_KEY={v}|
  apiKey: "{v}"|"apiKey":"{j}"|api_key={v}&x=1|"client_secret": "{j}"|client_secret={v}|token={v}|"access_token":"{j}","expires_in":3600|
  {'refresh_token': '{v}', 'scope': 'read'}|X-Api-Key: {v}|x-api-key={v}|X-Auth-Token: {v}|Authorization: Bearer {v}|
  "Authorization": "Bearer {j}"|authorization=Bearer {v}|Authorization: token {v}|--password {v}|--token={v}|--api-key "{v}"|
  https://x.example/?access_token={u}&a=1|https://x.example/cb#access_token={u}&a=1|https://x.example/?api_key={u}|GET /v1/x?token={u} HTTP/1.1|
  senha: {v}|senha={v}|{"senha":"{j}"}|contraseña: {v}|Passwort: {v}|mot_de_passe={v}|secret_key = "{v}"|AWS_SECRET_ACCESS_KEY={v}|
  aws_secret_access_key = {v}|os.environ["API_TOKEN"] = "{v}"|config.auth_token = '{v}'|password => "{v}"|<password>{v}</password>|
  Cookie: session={v}; theme=dark|Set-Cookie: sessionid={v}; Path=/; HttpOnly|Cookie: theme=dark; session={v}|webhook_secret: {v}|GITHUB_TOKEN={v} npm run x|
  passphrase="{v}" rejected|AccountKey={v};EndpointSuffix=core.windows.net|Server=db;User Id=sa;Password={v};Encrypt=true|
  2025-01-15T10:30:00Z DEBUG auth: token={v} user=42|Error: login failed (password: "{v}")|{"headers":{"x-api-key":["{j}"]}}`,
)
const mac = words(
  `MAC {v}|mac address: {v}|mac={v}|{"mac":"{j}"}|MAC address: {v}|mac_addr={v}|{'mac_address': '{v}'}|
  "macAddress":"{j}"|MAC={v} seen`,
)

/** By what tells in them. */
export type Frames = Readonly<Record<Exclude<FrameKind, 'whole'>, readonly string[]>>

export const tuningFrames: Frames = {
  any: [...sentences, ...data, ...logs, ...links],
  phone,
  card,
  cnpj,
  ssn,
  password,
  secret,
  mac,
}

const json = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The value in a frame, as it is written there, and where it stands. */
export function inFrame(frame: string, value: string): { text: string; written: string; at: number } {
  const slot = /\{(v|u|j|jj)\}/.exec(frame)
  if (slot === null) throw new Error(`a frame without a slot: ${frame}`)
  const written = escapes[slot[1]](value)
  return {
    text: frame.slice(0, slot.index) + written + frame.slice(slot.index + slot[0].length),
    written,
    at: slot.index,
  }
}

const escapes: Readonly<Record<string, (value: string) => string>> = {
  v: (value) => value,
  u: (value) => encodeURIComponent(value),
  j: json,
  jj: (value) => json(json(value)),
}
