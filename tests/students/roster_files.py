"""Two invented students, their guardian and their teacher in each format of rosters that is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MANIFEST = (
    "propertyName,value\nmanifest.version,1.0\noneroster.version,1.{minor}\n"
    "file.orgs,bulk\nfile.users,{mode}\nfile.demographics,bulk\n"
)
ONE_ORGS = (
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nd1,,,Maple "
    "Valley,district,,\ns1,,,Maple High School,school,4711,d1\n"
)
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex\nu1,,,2011-05-30,female\n"
ONE_ROSTER_11 = {
    "manifest.csv": MANIFEST.format(minor=1, mode="bulk"),
    "orgs.csv": ONE_ORGS,
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
        "agentSourcedIds,grades,password\n"
        "t1,,,true,s1,teacher,tt,,Tim,Teach,,900,tt@x.example,,,,09,\n"
        "u1,,,true,s1,student,al,,Ann,Lee,May,100,al@x.example,,,g1,09,\n"
        "g1,,,true,s1,parent,dl,,Dee,Lee,,,dl@x.example,,555-0101,u1,,\n"
        'u2,,,true,"s1,d1",student,br,,Bo,Roe,,200,,,,,"10,11",\n'
        "u3,tobedeleted,,true,s1,student,gg,,Gil,Gone,,300,,,,,10,\n"
    ),
    "demographics.csv": DEMOGRAPHICS,
}
ONE_ROSTER_12 = {
    "manifest.csv": MANIFEST.format(minor=2, mode="bulk"),
    "orgs.csv": ONE_ORGS,
    "users.csv": (
        "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,"
        "grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,"
        "pronouns\n"
        "t1,,,true,tt,,Tim,Teach,,900,,,,,,,,,,,,s1,\n"
        "u1,,,true,al,,Ann,Lee,May,100,,,,g1,09,,,,,,,s1,\n"
        "g1,,,true,dl,,Dee,Lee,,,,,555-0101,u1,,,,,,,,,\n"
        "u2,,,true,br,,Bo,Roe,,200,,,,,10,,,,,,,,\n"
    ),
    "roles.csv": (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
        "r1,,,t1,primary,teacher,,,s1,\nr2,,,u1,primary,student,,,s1,\nr3,,,g1,primary,guardian,,,s1,\nr4,,,u2,primary,student,,,s1,\n"
    ),
    "demographics.csv": DEMOGRAPHICS,
}
SDS_V1 = {
    "School.csv": "SIS ID,Name,School Number\n55,Maple High School,1\n",
    "Student.csv": (
        "SIS ID,School SIS ID,Username,First Name,Last Name,Middle Name,Student "
        "Number,Grade,Status,Birthdate\n"
        "9001,55,al,Ann,Lee,May,100,9,Active,2011-05-30\n9002,55,br,Bo,Roe,,200,10,Active,2010-05-30\n"
    ),
    "Teacher.csv": "SIS ID,School SIS ID,Username,First Name,Last Name,Grade\n77,55,tt,Tim,Teach,9\n",
    "Section.csv": "SIS ID,School SIS ID,Section Name\n1,55,Math\n",
    "StudentEnrollment.csv": "Section SIS ID,SIS ID\n1,9001\n",
    "User.csv": "Email,First Name,Last Name,Phone,SIS ID\ndl@x.example,Dee,Lee,555-0101,\n",
    "GuardianRelationship.csv": "SIS ID,Email,Role\n9001,dl@x.example,Parent\n",
}
SDS_V2 = {
    "orgs.csv": (
        "sourcedId,name,type,parentSourcedId\nd1,Maple Valley,district,\ns1,Maple High School,school,d1\n"
    ),
    "users.csv": (
        "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n"
        "900,tt,Tim,Teach,,,,,\n100,al,Ann,Lee,,,,,\n200,br,Bo,Roe,,,,,\ng1,dl,Dee,Lee,,,dl@x.example,555-0101,\n"
    ),
    "roles.csv": (
        "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n"
        "900,s1,teacher,,,true,,\n100,s1,student,,09,true,,\n200,s1,student,,10,true,,\n"
    ),
    "relationships.csv": "userSourcedId,relationshipUserSourcedId,relationshipRole\n100,g1,parent\n",
    "demographics.csv": "userSourcedId,sex,birthDate\n100,female,2011-05-30\n",
}
ROSTERS = {
    "OneRoster 1.1": ONE_ROSTER_11,
    "OneRoster 1.2": ONE_ROSTER_12,
    "School Data Sync v1": SDS_V1,
    "School Data Sync v2.1": SDS_V2,
}


def packed(roster: Mapping[str, str | bytes], folder: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in roster.items():
            archive.writestr(folder + name, text)
    return written.getvalue()
