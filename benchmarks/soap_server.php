<?php
// learnerByULN by PHP's SoapServer: the published WSDL and an answer that is always the same; no schema check, no
// register, no credentials. LRS_BENCH_WSDL: the file of the WSDL, which PHP keeps parsed.
class LearnerService
{
    public function learnerByULN(object $request): array
    {
        $learner = [
            'CreatedDate' => '2024-09-03', 'LastUpdatedDate' => '2024-09-03', 'ULN' => '9276308686', 'GivenName' => 'Maeve',
            'FamilyName' => 'Okafor', 'LastKnownPostCode' => 'LS2 9AB', 'DateOfBirth' => '2004-02-29', 'Gender' => '2',
            'VersionNumber' => 1,
        ];
        return [
            'ResponseCode' => 'WSRC0004', 'ULN' => $request->ULN, 'FamilyName' => $request->FamilyName,
            'GivenName' => $request->GivenName, 'Learner' => [$learner],
        ];
    }
}

$server = new SoapServer($_SERVER['LRS_BENCH_WSDL'], ['cache_wsdl' => WSDL_CACHE_MEMORY]);
$server->setClass('LearnerService');
$server->handle();
