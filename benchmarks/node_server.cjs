// learnerByULN by node's `soap` package: the published WSDL and an answer that is always the same; no schema check, no
// register, no credentials. Called as: node node_server.cjs MODULES WSDL PORT
const [modules, wsdl, port] = process.argv.slice(2);
const soap = require(require.resolve('soap', { paths: [modules] }));
const http = require('http');
const fs = require('fs');

const learner = {
  CreatedDate: '2024-09-03', LastUpdatedDate: '2024-09-03', ULN: '9276308686', GivenName: 'Maeve', FamilyName: 'Okafor',
  LastKnownPostCode: 'LS2 9AB', DateOfBirth: '2004-02-29', Gender: '2', VersionNumber: 1,
};
const answer = (request) => ({
  ResponseCode: 'WSRC0004', ULN: request.ULN, FamilyName: request.FamilyName, GivenName: request.GivenName, Learner: [learner],
});
const service = { LearnerServiceProxy: { BasicHttpBinding_LearnerPortType: { learnerByULN: answer } } };
const server = http.createServer((request, response) => { response.statusCode = 404; response.end(); });
server.listen(Number(port), '127.0.0.1');
soap.listen(server, '/LearnerService.svc', service, fs.readFileSync(wsdl, 'utf8'));
