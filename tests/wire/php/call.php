<?php
// Calls operations of a WSDL with PHP's own SoapClient. Standard input is JSON: {"wsdl": …, "calls": [[operation,
// {member: value, …}], …]}; standard output is a JSON list with {"answer": …} or {"fault": …} for each call.

error_reporting(E_ALL);
set_error_handler(function (int $level, string $message): bool {
    throw new ErrorException($message, 0, $level);
});

$wanted = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
$client = new SoapClient($wanted['wsdl'], [
    'cache_wsdl' => WSDL_CACHE_NONE,
    'exceptions' => true,
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
]);

$results = [];
foreach ($wanted['calls'] as [$operation, $members]) {
    try {
        $results[] = ['answer' => $client->__soapCall($operation, [$members])];
    } catch (SoapFault $fault) {
        $results[] = ['fault' => [
            'code' => $fault->faultcode,
            'string' => $fault->faultstring,
            'detail' => $fault->detail ?? null,
        ]];
    }
}
echo json_encode($results, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
